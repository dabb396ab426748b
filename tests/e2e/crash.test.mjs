// The page's process is killed in the middle of a run, and the browser started again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashes } from './support/crashes.mjs';

test('a crash at any point loses no run and sends none twice', async () => {
  const { lost, doubled, odd } = await crashes(2);
  assert.deepEqual({ lost, doubled, odd }, { lost: 0, doubled: 0, odd: 0 });
});
