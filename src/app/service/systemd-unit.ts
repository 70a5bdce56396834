/**
 * The systemd unit of a collector, hardened twice: systemd lets it read logs and write its store, and nothing else; Node's
 * permission model (nodejs.org/api/permissions.html) holds our JavaScript to the same. Node's compiler writes executable memory, so
 * MemoryDenyWriteExecute is left out. systemd.exec(5), systemd.service(5).
 */

export interface UnitOptions {
  /** Absolute paths. */
  node: string
  entry: string
  config: string
  /** Groups whose logs it may read. */
  groups: readonly string[]
  /** Logs of everybody: one capability instead of groups. */
  readAll: boolean
  /** May it start programs: systemd-notify, the journal's reader, exec sinks, chronyc. Without, systemd knows less of it. */
  programs: boolean
}

/** Where a DynamicUser's StateDirectory is (systemd.exec(5)), by either of its names. */
const STATE = ['/var/lib/authtop', '/var/lib/private/authtop']

/**
 * Node's own limits. What it may read is left to the unit's user and groups, because paths change with a reload; SQLite is an
 * addon, and what is drawn or read beside the main thread is in workers.
 */
export function permissionFlags(writable: readonly string[], programs: boolean): string[] {
  return [
    '--permission',
    '--allow-fs-read=*',
    ...writable.map((folder) => `--allow-fs-write=${folder}`),
    '--allow-addons',
    '--allow-worker',
    ...(programs ? ['--allow-child-process'] : []),
    // The size that src/cli/entry.ts begins anew with where it may.
    '--max-semi-space-size=8',
    // They warn of flags that are given on purpose.
    '--disable-warning=SecurityWarning',
  ]
}

/** Folders that ProtectHome= hides. */
const HOMES = /^\/(?:home|root|run\/user)\//

export function systemdUnit({ node, entry, config, groups, readAll, programs }: UnitOptions): string {
  // A program or configuration under a home must stay visible.
  const home = [node, entry, config].some((path) => HOMES.test(path)) ? 'read-only' : 'yes'
  const capability = readAll ? 'CAP_DAC_READ_SEARCH' : ''
  return `[Unit]
Description=authtop: collects and explains failures of authentication
Documentation=https://www.npmjs.com/package/authtop
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
${programs ? 'Type=notify\nNotifyAccess=all' : 'Type=exec'}
ExecStart=${[node, ...permissionFlags(STATE, programs), entry, 'collect', '--log', 'json', '-c', config].map(quoted).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
${programs ? 'WatchdogSec=60\n' : ''}TimeoutStopSec=10

DynamicUser=yes
StateDirectory=authtop
StateDirectoryMode=0700
Environment=AUTHTOP_DB=${STATE[0]}/authtop.db
${groups.length === 0 ? '' : `SupplementaryGroups=${groups.join(' ')}\n`}
ProtectSystem=strict
ProtectHome=${home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=${capability}
AmbientCapabilities=${capability}
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
`
}

/** systemd.service(5), command lines: % and $ are special, spaces and quotes need quoting. */
function quoted(text: string): string {
  const escaped = text.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /[\s"'\\;]/.test(escaped) ? `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : escaped
}
