/** Returns true if a file is an env file by its name: `.env`, `.env.local`, `shop.env`. */
export function isEnvFileName(name: string): boolean {
  return name.startsWith('.env') || name.endsWith('.env')
}
