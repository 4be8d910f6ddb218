// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Projects of which two copies have to run beside the original: a file is tracked by git, unless its name ends in `.env`. */
import type { Files } from './support.js'

const web = (lines: string, rest = ''): Files => ({
  'compose.yaml': `services:\n  web:\n    image: nginx:1\n${lines.replace(/^(?=.)/gm, '    ')}\n${rest}`,
})

export const PROJECTS: Readonly<Record<string, Files>> = {
  'literal ports in every form': web(
    'ports: ["8080:80", "127.0.0.1:9000-9002:9000-9002/udp", "443", "[::1]:7000:70", "127.0.0.1::71", 6000, "8100-8105:72"]',
  ),
  'ports in the long syntax': web(
    `ports:
  - { target: 80, published: 8080, protocol: tcp, mode: host, name: http, app_protocol: http }
  - { target: 81, published: "8081-8083", host_ip: 127.0.0.1 }
  - { target: 82, published: "8084", host_ip: "::1", protocol: udp }
  - { target: 83 }
  - { target: 84, published: "0", name: random }`,
  ),
  'variables of every kind': {
    ...web(
      'ports: ["${PORT}:80", "${BOTH}:${BOTH}", "${NONE:-7001}:71", "${IP:-127.0.0.1}:${MIXED}:72", "${RANGE}:90-91", "1${TAIL}:73"]\nenvironment: { MIXED: "${MIXED}", URL: "http://localhost:${PORT}/x" }',
    ),
    '.env': 'PORT=8080\nBOTH=8081\nMIXED=8082\nRANGE=8090-8091\nTAIL=0000\nUNUSED=1\n',
  },
  'a variable that another one refers to': {
    ...web('ports: ["${PORT}:80"]\nenvironment: { LINK: "${LINK}" }'),
    '.env': 'PORT=8080\nLINK=http://host:${PORT}/\n',
  },
  'an env file that a container reads': {
    ...web('ports: ["${PORT}:80"]\nenv_file: .env'),
    '.env': 'PORT=8080\nSECRET=a$$b\'c"d\n',
  },
  'env files that may be missing': {
    ...web(
      'env_file: [{ path: a.env, required: true }, { path: none.env, required: false }, { path: raw.env, format: raw }]\nports: ["8080:80"]',
    ),
    'a.env': 'A=http://localhost:8080/$X\nB=2\n',
    'raw.env': "RAW='http://localhost:8080 $X'\n",
  },
  'container names, and what refers to them': web(
    'container_name: shop_web\nnetworks: { front: { aliases: [w] }, back: null }',
    `  side: { image: x, network_mode: "container:shop_web" }
  pid: { image: x, pid: "container:shop_web" }
  from: { image: x, volumes_from: ["container:shop_web:ro", "web"] }
  near: { image: x, network_mode: "service:web", container_name: near }
  link: { image: x, links: ["web:w", "web"], external_links: ["shop_web", "shop_web:other", "elsewhere:e"], networks: [front] }
networks: { front: {}, back: { driver: bridge } }
`,
  ),
  'pinned and external names': web(
    'networks: [a, b, c]\nvolumes: ["v:/v", "w:/w", "x:/x"]',
    `networks:
  a: { name: pinned_net }
  b: { external: true }
  c: { external: true, name: ext_net }
volumes:
  v: { name: pinned_vol, labels: { a: b } }
  w: { external: true }
  x: { external: true, name: "ext_vol" }
`,
  ),
  'names of the project': web(
    'container_name: "${COMPOSE_PROJECT_NAME}-web"\nvolumes: ["v:/v"]\nenvironment: { P: "${COMPOSE_PROJECT_NAME}" }',
    'volumes: { v: { name: "${COMPOSE_PROJECT_NAME}_x" } }\n',
  ),
  'subnets and addresses': web(
    'networks: { back: { ipv4_address: 10.99.0.5, ipv6_address: "fd00:99::5", mac_address: "02:42:ac:11:65:43" } }\nextra_hosts: ["api:10.99.0.6"]',
    'networks: { back: { enable_ipv6: true, ipam: { driver: default, config: [{ subnet: 10.99.0.0/24, gateway: 10.99.0.1 }, { subnet: "fd00:99::/64" }] } } }\n',
  ),
  'images that are built': {
    'compose.yaml': `services:
  app: { build: ., image: "shop/app" }
  job: { image: "shop/app", depends_on: [app] }
  tag: { build: { context: ., tags: ["reg:5000/x/y", "z:1"], args: { URL: "http://localhost:8080" } }, image: "reg:5000/x", ports: ["8080:80"] }
  own: { build: { context: . , args: ["API=http://127.0.0.1:8080/api", "EMPTY"] } }
  hub: { image: "nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
`,
    Dockerfile: 'FROM scratch\n',
  },
  'binds of every kind': {
    ...web(
      `volumes:
  - /srv/shop/db:/db:z
  - /srv/ro:/ro:ro
  - ./own:/own
  - ../beside/data:/beside
  - ~/shop-data:/home
  - /var/run/docker.sock:/var/run/docker.sock
  - { type: bind, source: /srv/long, target: /long, bind: { create_host_path: false, propagation: rslave } }
  - { type: volume, source: named, target: /named, volume: { nocopy: true, subpath: x } }
  - { type: tmpfs, target: /tmp, tmpfs: { size: 1000 } }
  - /anonymous`,
      'volumes: { named: { driver_opts: { type: none, o: bind, device: /srv/device } } }\n',
    ),
  },
  'addresses of the host': web(
    `ports: ["8080:80", "3000:3000"]
environment:
  A: "http://localhost:8080/a?b=$$c,https://127.0.0.1:8080"
  B: "localhost:80801 notlocalhost:8080 0.0.0.0:8080 x.localhost:8080"
  C: "http://localhost:3000"
  N: 5
  T: true
  E:
healthcheck: { test: ["CMD", "curl", "http://localhost:8080"] }
command: --url http://localhost:8080
labels: { url: "http://localhost:8080" }`,
  ),
  'an environment as a list': web(
    'ports: ["8080:80"]\nenvironment: ["A=http://localhost:8080", "B", "C=x=y"]',
  ),
  'anchors and merge keys': {
    'compose.yaml': `x-base: &base
  image: nginx:1
  environment: &env { A: "http://localhost:8080" }
  volumes: &volumes ["/srv/a:/a", "/srv/b:/b:ro"]
services:
  web: { <<: *base, ports: &ports ["8080:80"] }
  two: { <<: *base, container_name: two_box, environment: { <<: *env, B: "1" } }
  three: { image: x, volumes: *volumes, ports: ["\${PORT:-8081}:80"] }
`,
  },
  'extends across files': {
    'compose.yaml': `services:
  web: { extends: { file: base/common.yml, service: base }, ports: ["8081:81"], volumes: ["/srv/own:/own"] }
  two: { extends: web, container_name: two_box, ports: !override ["8090:80"] }
`,
    'base/common.yml':
      'services:\n  base: { build: ., image: "base/app", ports: ["8080:80"], volumes: ["./x:/x", "../../out/data:/out", "/srv/a:/a"], env_file: x.env, container_name: base_box }\n',
    'base/Dockerfile': 'FROM scratch\n',
    'base/x.env': 'A=http://localhost:8081\n',
  },
  'includes with a project directory and an env file': {
    'compose.yaml': `include:
  - path: parts/db/compose.yml
    project_directory: parts
    env_file: parts/db/db.env
  - parts/mail/compose.yml
services:
  web: { image: nginx, ports: ["8080:80"], depends_on: [db], networks: [mail] }
networks: { mail: { } }
`,
    'parts/db/compose.yml':
      'services:\n  db: { image: "mysql:${TAG}", container_name: db_box, ports: ["${DB_PORT}:3306"], volumes: ["./data:/data", "../../out/data:/out", "dbdata:/d"] }\nvolumes: { dbdata: { name: db_pinned } }\n',
    'parts/db/db.env': 'TAG=8\nDB_PORT=3306\n',
    'parts/mail/compose.yml':
      'services:\n  mail: { image: mail, ports: ["${MAIL_PORT:-1025}:25"], env_file: [mail.env], networks: [out], build: . }\nnetworks: { out: { name: mail_out } }\n',
    'parts/mail/mail.env': 'URL=http://localhost:8080\n',
    'parts/mail/Dockerfile': 'FROM scratch\n',
  },
  'several files': {
    'compose.yaml': 'services: { web: { image: nginx, ports: ["8080:80"], volumes: ["/srv/a:/a"] } }\n',
    'compose.override.yaml':
      'services: { web: { ports: ["8081:81"], volumes: ["/srv/b:/a"], environment: { A: "localhost:8081" } } }\n',
  },
  'ports that are reset': {
    'compose.yaml':
      'services: { web: { image: nginx, ports: ["8080:80"], container_name: aa }, two: { image: x, ports: ["8082:80"] } }\n',
    'compose.override.yaml':
      'services: { web: { ports: !reset [], container_name: !reset null }, two: { ports: !override ["8083:80"] } }\n',
  },
  'files of COMPOSE_FILE': {
    'base.yml': 'name: pinned\nservices: { web: { image: nginx, ports: ["8080:80"] } }\n',
    'deep/more.yml':
      'services: { web: { ports: ["8081:81"], volumes: ["./here:/here"] }, two: { image: x, env_file: two.env } }\n',
    'two.env': 'A=1\n',
    '.env': 'COMPOSE_FILE=base.yml:deep/more.yml\nCOMPOSE_PROJECT_NAME=chosen\n',
  },
  'a name in the file': {
    'compose.yaml':
      'name: "named"\nservices: { web: { image: nginx, ports: ["8080:80"], container_name: "fixed-web" } }\n',
  },
  'an older name of the file': {
    'docker-compose.yml': 'version: "3"\nservices: { web: { image: nginx, ports: ["8080:80"] } }\n',
  },
  'profiles that exclude each other': {
    'compose.yaml': `services:
  cpu: { image: x, profiles: [cpu], container_name: worker, ports: ["8080:80"] }
  gpu: { image: x, profiles: [gpu], container_name: worker, ports: ["8080:80"] }
  web: { image: nginx, ports: ["8081:80"] }
`,
  },
  'configs and secrets': {
    ...web(
      'configs: [inline, { source: file, target: /f, mode: 0440 }]\nsecrets: [key, { source: env, target: e }]\nports: ["8080:80"]',
      `configs:
  inline: { content: "port: 8080 http://localhost:8080" }
  file: { file: ./conf.txt, name: shop_conf }
  out: { external: true, name: out_conf }
secrets:
  key: { file: ./key.txt, name: shop_key }
  env: { environment: HOME }
  old: { external: true }
`,
    ),
    'conf.txt': 'x',
    'key.txt': 'y',
  },
  'keys that stay': web(
    `ports: ["8080:80"]
hostname: web.local
domainname: local
develop: { watch: [{ action: sync, path: ./src, target: /src, ignore: [node_modules/] }] }
deploy: { replicas: 2, resources: { limits: { cpus: "0.5", memory: 50M } } }
logging: { driver: json-file, options: { max-size: "10m" } }
ulimits: { nofile: { soft: 1, hard: 2 } }
sysctls: { net.core.somaxconn: 1024 }
cap_add: [NET_ADMIN]
stop_grace_period: 1m30s
tmpfs: [/run]
expose: ["81", "90-92"]
dns: 8.8.8.8
extra_hosts: { "host.docker.internal": "host-gateway" }
depends_on: { two: { condition: service_healthy, restart: true } }
healthcheck: { test: curl -f http://localhost:80 || exit 1, interval: 5s, start_period: 0s }
annotations: { a: "$$x" }
command: ["sh", "-c", "echo $$HOME \${X:-y}"]
entrypoint: []
shm_size: 64mb
user: "1000:1000"
oom_score_adj: -5
init: true`,
    '  two: { image: x, read_only: true, scale: 3 }\n',
  ),
  'odd texts': {
    'compose.yaml': `services:
  "web.1_x-y": { image: nginx, container_name: 'a"b' , ports: ["8080:80"] }
`.replace(`'a"b' `, '"a_b"'),
  },
  'odd values': web(
    'ports: ["8080:80"]\nenvironment: { Q: "http://localhost:8080/\\"quoted\\" \\\\ \\t #x: y", NUM: 0x10, YES: yes, U: "http://localhost:8080/ü" }',
  ),
  'one port on two addresses': web(
    'ports: ["127.0.0.1:8080:80", "[::1]:8080:80", "192.168.7.1:8080:80/udp"]',
  ),
  'two ports that are as far apart as an offset': web('ports: ["8080:80", "8500:81", "65000:82"]'),
  'a default network with a name': web('ports: ["8080:80"]', 'networks: { default: { name: shared_net } }\n'),
  'an external default network': web(
    'container_name: shop_web',
    'networks: { default: { external: true, name: proxy } }\n',
  ),
  'a variable that an env file refers to': {
    ...web('ports: ["${PORT}:80", "${OTHER}:81"]\nenv_file: [app.env]'),
    '.env': 'PORT=8080\nOTHER=8081\n',
    'app.env': 'APP_PORT=${PORT}\nURL=http://localhost:${OTHER}/\n',
  },
  'variables in quotes, exported, with a comment, and set twice': {
    ...web('ports: ["${A}:80", "${B}:81", "${C}:82", "${D}:83", "${E:?set it}:84", "${MAPPING}"]'),
    '.env': `A="8080"\nB='8081'\nexport C=8082\nD=1\nD=8083 # here\nE=8084\nMAPPING=8085:85\n`,
  },
  'a variable of an included env file': {
    'compose.yaml':
      'include: [{ path: [sub/a.yml, sub/b.yml], env_file: sub/x.env }]\nservices: { web: { image: x, ports: ["${WEB}:80"] } }\n',
    'sub/a.yml': 'services: { a: { image: x, ports: ["${PORT}:80", "${WEB}1:81"] } }\n',
    'sub/b.yml': 'services: { a: { container_name: aa, ports: ["9001:90"] } }\n',
    'sub/x.env': 'PORT=8080\nCOPY=${WEB}\n',
    '.env': 'WEB=700\n',
  },
  'a variable in a path and in a key': {
    ...web('ports: ["${PORT}:80"]\nenv_file: "${PORT}.env"\nlabels: { "a${PORT}": "${PORT}" }'),
    '.env': 'PORT=8080\n',
    '8080.env': 'A=1\n',
  },
  'a name with a default': {
    'compose.yaml':
      'services: { web: { image: "${IMAGE:-shop/web}", build: { context: ., dockerfile_inline: "FROM scratch" }, container_name: "${NAME:-web_box}", ports: ["8080:80"], volumes: ["v:/v"] } }\nvolumes: { v: { name: "${VOLUME-vol}" } }\n',
    '.env': 'NAME=\nVOLUME=pinned\n',
  },
  'the project name with a default': {
    'compose.yaml':
      'name: ${STACK:-stack}\nservices: { web: { image: x, container_name: "the_box", ports: ["8080:80"] } }\n',
  },
  'two containers that call each other by name': web(
    'container_name: front_box\nenvironment: { API: "http://api_box:80" }\nnetworks: [one, two]',
    `  api: { image: x, container_name: api_box, networks: { two: { aliases: [api], priority: 5 } } }
  alone: { image: x, container_name: alone_box, network_mode: none }
networks: { one: {}, two: { name: fixed_two, driver_opts: { a: b } } }
`,
  ),
  'mounts of one target in a base and an extension': {
    'compose.yaml': `services:
  base: { image: x, volumes: ["/srv/a:/data", "logs:/logs"] }
  web: { extends: base, volumes: ["/srv/b:/data", { type: bind, source: /srv/c, target: /c, read_only: false }], ports: ["8080:80"] }
volumes: { logs: { driver_opts: { type: nfs, o: "addr=10.0.0.1,rw", device: ":/exports/logs" } } }
`,
  },
  'a volume and a network that two names share': web(
    'volumes: ["a:/a", "b:/b"]\nnetworks: [x, y]',
    'volumes: { a: { name: same_v }, b: { external: true, name: same_v } }\nnetworks: { x: { name: same_n }, y: { name: same_n } }\n',
  ),
  'nothing to change': web('command: sleep 1'),
}
