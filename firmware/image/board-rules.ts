/** What of a description of a board has to fit together. Each rule names the fields that do not. */
import { architectures } from './architectures.ts';
import type { Board } from './board-fields.ts';
import { collision } from './load-ranges.ts';
import { megabyte } from './partitions.ts';

type BoardRule = (board: Board) => string | false | undefined;

const sectorBytes = 512;
const sectorsInMb = megabyte / sectorBytes;
/** What a GPT takes: what is before it is written over its table otherwise. */
const firstFreeSector = 34;
/** Documentation/arm64/booting.rst; U-Boot moves what is elsewhere to the beginning of memory. */
const kernelAlignment = 0x20_0000;

const rules: readonly BoardRule[] = [
	({ loader: { environment, build } }) =>
		(environment === undefined) === (build === undefined) &&
		'loader has either environment, of a U-Boot that is there, or build',
	({ loader: { environment } }) =>
		environment !== undefined &&
		environment.bytes > environment.flashBytes &&
		'loader.environment.bytes are more than loader.environment.flashBytes',
	({ loader: { build } }) =>
		build !== undefined &&
		(build.form === 'fit' || build.onDisk !== undefined || build.readyMade !== undefined) &&
		build.package === undefined &&
		'loader.build.package is missing: the package of Debian with the rest of the boot loader',
	({ loader: { build } }) =>
		build?.package !== undefined &&
		build.readyMade === undefined &&
		'loader.build.readyMade is missing: the folder of the ready-made U-Boot in its package',
	({ loader: { build }, emulator }) =>
		build !== undefined &&
		emulator?.boot !== undefined &&
		'emulator.boot is a U-Boot that is there, and loader.build says that one is built',
	placesOnDisk,
	({ architecture, deviceTree }) =>
		architecture === 'arm64' &&
		deviceTree === undefined &&
		'deviceTree is missing: a kernel of arm64 needs one, of the "loader" or of the kernel\'s package',
	({ deviceTree, loadAt }) =>
		loadAt.deviceTree !== undefined &&
		(deviceTree === undefined || deviceTree === 'loader') &&
		"loadAt.deviceTree is for a deviceTree of the kernel's package, and there is none in the slot",
	({ architecture, loadAt }) =>
		(architectures[architecture].kernel === 'bzimage') !== (loadAt.setup !== undefined) &&
		(loadAt.setup === undefined
			? 'loadAt.setup is missing: an address of the parameters of a PC, such as "0x90000"'
			: `loadAt.setup is of a PC, and means nothing on ${architecture}`),
	({ architecture, loadAt }) =>
		architecture === 'arm64' &&
		Number(loadAt.kernel) % kernelAlignment !== 0 &&
		`loadAt.kernel is a multiple of 0x${kernelAlignment.toString(16)}: from elsewhere U-Boot would move it`,
	({ processor, emulator }) =>
		processor === undefined &&
		emulator === undefined &&
		'processor is missing: a processor, as QEMU calls it, for which the engine compiles the firmware',
	({ networks }) =>
		twice(
			networks.map(({ id }) => id),
			'networks',
		),
	(board) => collision(board),
];

/** The first rule that is broken, as a sentence that begins with a field. */
export function ruleBroken(board: Board): string | undefined {
	for (const rule of rules) {
		const broken = rule(board);
		if (broken) return broken;
	}
	return undefined;
}

function placesOnDisk({ loader: { build }, storage: { firstMb = 1 } }: Board): string | false | undefined {
	const places = Object.entries(build?.onDisk ?? {});
	const wrong = places.find(([, sector]) => sector < firstFreeSector || sector >= firstMb * sectorsInMb);
	if (wrong !== undefined)
		return `loader.build.onDisk["${wrong[0]}"] is a sector behind the table of partitions (from ${firstFreeSector}) and before the first one (storage.firstMb: ${firstMb * sectorsInMb}), not ${wrong[1]}`;
	return twice(
		places.map(([, sector]) => `${sector}`),
		'loader.build.onDisk',
	);
}

function twice(values: readonly string[], at: string): string | undefined {
	const second = values.find((value, index) => values.indexOf(value) !== index);
	return second === undefined ? undefined : `${at} has ${second} twice`;
}
