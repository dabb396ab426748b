// Figures: how a list of samples is told, how a slow phone is imitated, what a process holds.

import { readFile } from 'node:fs/promises';

/** 1.6 Mbit/s with a round trip of 150 ms, and a processor four times slower than this one. */
export const SLOW_PHONE = { bitsPerSecond: 1_600_000, roundTripMs: 150, slowdown: 4 };

/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const median = (samples) => percentile(samples, 0.5);

/** Makes `page` as slow as `device`, with nothing in its cache. */
export async function slowDown(page, device) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const bytesPerSecond = device.bitsPerSecond / 8;
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: device.roundTripMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: device.slowdown });
  return session;
}

/** Resident memory of a process in MB, now and at most so far; nothing where the system does not tell. */
export async function memory(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return status && { now: field('VmRSS'), most: field('VmHWM') };
}

/** One line: name, median, and the range of the samples. */
export function print(name, samples, unit, digits = 0) {
  const [low, middle, high] = [Math.min(...samples), median(samples), Math.max(...samples)];
  const text = (value) => value.toFixed(digits);
  const range = samples.length > 1 ? `   ${text(low)} – ${text(high)}, n = ${samples.length}` : '';
  console.log(`${name.padEnd(44)} ${text(middle).padStart(8)} ${unit}${range}`);
}
