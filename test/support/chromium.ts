/** The Chromium of the machine, driven by Playwright. */
import { type Browser, chromium } from 'playwright-core'
import { run } from './compose.js'

const CHROMIUM = '/usr/bin/chromium'

export function chromiumMissing(): string | null {
  const install = 'on Debian: scripts/install-chromium.sh'
  return run([CHROMIUM, '--version']).code === 0 ? null : `no ${CHROMIUM} found (${install})`
}

export function startChromium(): Promise<Browser> {
  // Without the last three, it looks for hosts of its maker.
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet]
  return chromium.launch({ executablePath: CHROMIUM, args })
}
