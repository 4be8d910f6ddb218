/** Configurations of reverse proxies. Everything in them that comes from a name is restricted to harmless characters. */
import type { ProxySite } from '../tasks/proxy.js'

/** The first line, by which a file that may be overwritten is known. */
const START = '# Written by product proxy; changes are overwritten.\n'

/** A server that can be configured. */
export type ProxyKind = 'nginx' | 'caddy'

/** Returns a file to include in the `http` block of nginx, or to import in a Caddyfile. @param port that the server listens on, on the loopback address */
export function proxyConfig(kind: ProxyKind, sites: readonly ProxySite[], port: number): string {
  return kind === 'nginx' ? nginxConfig(sites, port) : caddyConfig(sites, port)
}

function nginxConfig(sites: readonly ProxySite[], port: number): string {
  const longest = Math.max(0, ...sites.map(({ host }) => host.length))
  // The defaults of nginx fit 512 names of up to some 46 characters; set twice, these would be refused.
  const hash = [
    ...(longest > 40 ? ['server_names_hash_bucket_size 512;'] : []),
    ...(sites.length > 150 ? [`server_names_hash_max_size ${16 * sites.length};`] : []),
  ]
  return `${START}# Include it in the http block of nginx.
${hash.map((line) => `${line}\n`).join('')}
map $http_upgrade $product_env_connection {
    default upgrade;
    "" "";
}

# The first server gets the requests for names that no other has.
server {
    listen 127.0.0.1:${port};
    server_name product-env.invalid;
    default_type text/plain;
    return 404 "No product has this name.\\n";
}
${sites.map((site) => nginxServer(site, port)).join('')}`
}

function nginxServer(site: ProxySite, port: number): string {
  return `
# ${titleOf(site)}
server {
    listen 127.0.0.1:${port};
    server_name ${site.host};
    client_max_body_size 0;
    location / {
        proxy_pass ${site.upstream};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $product_env_connection;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_buffer_size 32k;
        proxy_buffers 4 32k;
        proxy_read_timeout 1h;
        proxy_send_timeout 1h;
    }
    error_page 502 @stopped;
    location @stopped {
        default_type "text/html; charset=utf-8";
        return 502 "${stoppedPage(site)}";
    }
}
`
}

function caddyConfig(sites: readonly ProxySite[], port: number): string {
  return `${START}# Import it in a Caddyfile, or run it as one.
${sites.map((site) => caddySite(site, port)).join('')}`
}

function caddySite(site: ProxySite, port: number): string {
  const tls = site.upstream.startsWith('https:')
    ? ` {
		transport http {
			tls_insecure_skip_verify
		}
	}`
    : ''
  return `
# ${titleOf(site)}
http://${site.host}${port === 80 ? '' : `:${port}`} {
	bind 127.0.0.1
	reverse_proxy ${site.upstream}${tls}
	handle_errors {
		@stopped expression {http.error.status_code} == 502
		handle @stopped {
			header Content-Type "text/html; charset=utf-8"
			respond "${stoppedPage(site)}" 502
		}
	}
}
`
}

function titleOf({ owner, service, variable, guessedFrom }: ProxySite): string {
  const guess = guessedFrom === null ? '' : `, HTTP by a guess from the ${guessedFrom}`
  const names = [owner, service ?? '', variable ?? ''].filter((name) => name !== '')
  return `${names.map((name) => name.replace(/[^\w.@-]/g, '?')).join(' ')}${guess}`
}

/** Has no quotes, dollars and braces, which mean something in the configurations; nginx takes at most 4 kB. */
function stoppedPage({ owner, upstream, start }: ProxySite): string {
  const command =
    start === null
      ? '<p>Start it, then reload this page.'
      : `<p>Start it${start.folder === null ? '' : ` in ${entities(start.folder.slice(0, 200))}`}, then reload this page:<pre>${entities(start.command)}</pre>`
  return [
    '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=width=device-width>',
    `<meta name=color-scheme content=light&#32;dark><title>${entities(owner)} does not answer</title>`,
    `<body style=font-family:sans-serif;margin:2rem><h1>${entities(owner)} does not answer</h1>`,
    `<p>Nothing answers at ${entities(upstream)}.${command}`,
  ].join('')
}

/** Replaces all but harmless characters by HTML's numbers. */
function entities(text: string): string {
  return text.replace(/[^\w ,.:/@-]/gu, (character) => `&#${character.codePointAt(0)};`)
}
