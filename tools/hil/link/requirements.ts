/** Says what is missing before a rig is half built. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { systemEnvironment } from './command.ts';
import { RigError } from './rig-error.ts';

/** Program and the Debian package it is in. */
export const rigPrograms = {
	ip: 'iproute2',
	nft: 'nftables',
	socat: 'socat',
	setpriv: 'util-linux',
} as const;

/** @throws RigError `missing-tool` with what to install, or that root is needed */
export async function requireRig(): Promise<void> {
	if (process.getuid?.() !== 0)
		throw new RigError('missing-tool', 'namespaces and TUN devices need root; run the system tests as root');
	await requirePrograms(rigPrograms);
	await access('/dev/net/tun', constants.W_OK).catch((cause) => {
		throw new RigError('missing-tool', '/dev/net/tun is missing; load the tun module or pass the device in', {
			cause,
		});
	});
}

/**
 * @param programs name of each program, and the Debian package it is in
 * @throws RigError `missing-tool` naming every package to install
 */
export async function requirePrograms(programs: Readonly<Record<string, string>>): Promise<void> {
	const folders = (systemEnvironment()['PATH'] ?? '').split(':').filter(Boolean);
	const isThere = async (program: string) => {
		const tries = folders.map((folder) => access(join(folder, program), constants.X_OK));
		return Promise.any(tries).then(
			() => true,
			() => false,
		);
	};
	const missing: string[] = [];
	for (const [program, source] of Object.entries(programs))
		if (!(await isThere(program))) missing.push(source);
	if (missing.length > 0)
		throw new RigError('missing-tool', `not installed: apt-get install ${[...new Set(missing)].join(' ')}`);
}
