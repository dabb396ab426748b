// `cargo xtask bench reliability`: twenty real crashes at each of eight points.

import { crashes } from './crashes.mjs';

const { lost, doubled, odd } = await crashes(Number(process.argv[2] ?? 20));
process.exitCode = lost + doubled + odd === 0 ? 0 : 1;
