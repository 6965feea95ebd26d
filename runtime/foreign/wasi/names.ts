/** Interfaces of WASI 0.2 that a component may import, without versions. */
export const wasiNames: ReadonlySet<string> = new Set([
	...['environment', 'exit', 'stdin', 'stdout', 'stderr'].map((name) => `wasi:cli/${name}`),
	...['input', 'output', 'stdin', 'stdout', 'stderr'].map((name) => `wasi:cli/terminal-${name}`),
	...['monotonic-clock', 'wall-clock', 'timezone'].map((name) => `wasi:clocks/${name}`),
	...['preopens', 'types'].map((name) => `wasi:filesystem/${name}`),
	...['types', 'outgoing-handler'].map((name) => `wasi:http/${name}`),
	...['error', 'poll', 'streams'].map((name) => `wasi:io/${name}`),
	...['random', 'insecure', 'insecure-seed'].map((name) => `wasi:random/${name}`),
	...['network', 'instance-network', 'ip-name-lookup'].map((name) => `wasi:sockets/${name}`),
	...['tcp', 'tcp-create-socket', 'udp', 'udp-create-socket'].map((name) => `wasi:sockets/${name}`),
]);
