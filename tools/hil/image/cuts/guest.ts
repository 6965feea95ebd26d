/** The module that comes, changes and goes while the others are at work. */
import type { Probe } from '../../../../modules/probe/testbed.ts';
import { appendSections } from '../../../build/section.ts';
import type { Controller } from '../../../controller/controller.ts';
import type { Repository } from '../../../headend/repository/repository.ts';
import { withManifest } from '../../box/variant.ts';

export const guestName = 'guest';
/** So heavy that writing it takes several writes to the disk. */
const paddingBytes = 200_000;
const units = 'Device.SoftwareModules.';

/** What it becomes, in turn: installed, updated, removed. */
export const guestVersions = ['1.0.0', '2.0.0', ''] as const;
export type GuestVersion = (typeof guestVersions)[number];

export function guestAfter(version: GuestVersion): GuestVersion {
	return guestVersions[(guestVersions.indexOf(version) + 1) % guestVersions.length] as GuestVersion;
}

/** Signs both versions. */
export async function publishGuest(repository: Repository, probe: Probe): Promise<void> {
	for (const version of guestVersions.filter((one) => one !== '')) {
		const bytes = withManifest(probe.built.bytes, (manifest) => ({
			...manifest,
			name: guestName,
			version,
			subscribes: { [`${guestName}.echo`]: 'probe.Word' },
		}));
		const padding = new Uint8Array(paddingBytes).fill(version.charCodeAt(0));
		await repository.addTarget({
			path: pathOf(version),
			bytes: appendSections(bytes, new Map([['padding', padding]])),
		});
	}
}

/** Has it become this version of the one before it. @throws ControllerError */
export async function changeGuest(operator: Controller, to: GuestVersion): Promise<void> {
	const args = { URL: `tuf:${pathOf(to)}` };
	if (to === '1.0.0') await operator.operate(`${units}InstallDU()`, args);
	else if (to === '2.0.0') await operator.operate(`${await rowOf(operator)}Update()`, args);
	else await operator.operate(`${await rowOf(operator)}Uninstall()`);
}

function pathOf(version: GuestVersion): string {
	return `modules/${guestName}-${version}.wasm`;
}

async function rowOf(operator: Controller): Promise<string> {
	const rows = await operator.get([`${units}DeploymentUnit.`]);
	const [path] = Object.entries(rows).find(([, { Name }]) => Name === guestName) ?? [];
	if (path === undefined) throw new Error(`${guestName} is not installed`);
	return path;
}
