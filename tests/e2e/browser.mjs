// Starts Chromium without a window, and without background requests to the network.
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-proxy-server',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchBrowser() {
  await checkChromium();
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}

/** Starts a browser for which every site is at `port` of this machine. */
export async function launchProfile(port, blocksThirdPartyCookies) {
  await checkChromium();
  const folder = await mkdtemp(join(tmpdir(), 'pusher-auth-'));
  await mkdir(join(folder, 'Default'));
  const preferences = { profile: { cookie_controls_mode: blocksThirdPartyCookies ? 1 : 0 } };
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    args: [...ARGS, `--host-resolver-rules=MAP * 127.0.0.1:${port}`, '--ignore-certificate-errors'],
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, maxRetries: 10 }); // Chromium may still write there
    },
  };
}

async function checkChromium() {
  await access(CHROMIUM).catch(() => {
    throw new Error(
      `${CHROMIUM} is missing. Run: make deps DEPS=e2e, or set CHROMIUM to its path.`,
    );
  });
}
