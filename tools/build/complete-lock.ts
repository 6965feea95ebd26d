/**
 * Completes `package-lock.json` with the optional packages of other platforms.
 *
 * npm leaves out optional packages that its registry does not have, and `npm ci` then says the lock
 * is out of step with `package.json`. With an entry that names its platform, a package is known and
 * skipped where it does not fit. Run it after every `npm install`: `node tools/build/complete-lock.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface LockedPackage {
	readonly version?: string;
	readonly dev?: boolean;
	readonly optional?: boolean;
	readonly os?: readonly string[];
	readonly cpu?: readonly string[];
	readonly libc?: readonly string[];
	readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
	packages: Record<string, LockedPackage>;
}

const systems = [
	'aix',
	'android',
	'darwin',
	'freebsd',
	'linux',
	'netbsd',
	'openbsd',
	'openharmony',
	'sunos',
	'win32',
];
const processors = [
	'arm64',
	'arm',
	'ia32',
	'loong64',
	'mips64el',
	'ppc64',
	'riscv64',
	's390x',
	'wasm32',
	'x64',
];

/** The lock with every missing optional package added, in the order npm writes them. */
export function completed(lock: Lock): Lock {
	const packages = { ...lock.packages };
	for (const [at, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
		for (const [name, version] of Object.entries(optionalDependencies)) {
			if (isThere(packages, at, name) || !/^\d+\.\d+\.\d+/.test(version)) continue;
			const isDev = dev === undefined ? {} : { dev };
			packages[`node_modules/${name}`] = { version, ...platformOf(name), ...isDev, optional: true };
		}
	}
	const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
	return { ...lock, packages: Object.fromEntries(sorted) };
}

/** Looked up as Node does: beside the package that wants it, then in every folder above. */
function isThere(packages: Lock['packages'], at: string, name: string): boolean {
	const above = at.lastIndexOf('/node_modules/');
	if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
	if (at === '') return false;
	return isThere(packages, above < 0 ? '' : at.slice(0, above), name);
}

/** From the name, as all such packages have it: `cli-linux-x64-musl`. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
	const words = name.split(/[-/]/);
	const os = systems.find((system) => words.includes(system));
	const cpu = processors.find((processor) => words.some((word) => word.startsWith(processor)));
	const libc = words.includes('musl') ? 'musl' : undefined;
	return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

if (import.meta.main) {
	const path = join(import.meta.dirname, '../../package-lock.json');
	const lock = JSON.parse(await readFile(path, 'utf8')) as Lock;
	await writeFile(path, `${JSON.stringify(completed(lock), null, '\t')}\n`);
}
