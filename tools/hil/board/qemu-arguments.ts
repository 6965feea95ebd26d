/** The command line of a virtual board, from its description. */
import type { Emulator } from '../../../firmware/image/board.ts';
import {
	type BlockNode,
	deviceNode,
	diskDevice,
	diskImage,
	type ImageFile,
	imageNodes,
	speedGroup,
	speedLimits,
} from './block-graph.ts';
import type { DiskSpeed } from './board.ts';

/** Names by which the monitor is asked. */
export const networkName = 'net0';
export const environmentImage = 'environment';
export const usbBus = 'usb';

/** What is the same in all lives of a board. */
export interface QemuMachine {
	/** Default: as the board is described. */
	readonly memoryMiB?: number;
	/** Boot loader. Default: the one flashed, or the board's own. */
	readonly firmware?: string;
	/** `ehci` for a boot loader that knows no other. Default `xhci`. */
	readonly usbController?: 'xhci' | 'ehci';
	/** TCP ports of 127.0.0.1 that lead to ports of the box. */
	readonly forwards?: readonly { readonly hostPort: number; readonly boxPort: number }[];
}

export interface QemuDescription extends QemuMachine {
	readonly emulator: Emulator;
	readonly hasUsb: boolean;
	readonly hasWatchdog: boolean;
	readonly monitorSocket: string;
	readonly serialSocket: string;
	readonly deviceTree?: string;
	/** Flash bank of the boot loader's environment, where the board has one. */
	readonly environment?: ImageFile;
	/** What is wrong with it otherwise is put in by the monitor: it would be too long for a command line. */
	readonly disk?: { readonly image: ImageFile; readonly speed: DiskSpeed };
	/** UDP ports of the two ends between which frames pass through the bench. Default: none, they pass by it. */
	readonly relay?: { readonly box: number; readonly world: number };
	readonly clock?: Date;
}

/** The bench has its ends of the relay at the first address and QEMU at the second, on the same ports. */
export const benchAddress = '127.0.0.1';
export const qemuAddress = '127.0.0.2';

/**
 * The box stands still until the monitor says `cont`, so that nothing it says is lost. It is emulated, never
 * virtualised: the same on every machine, and where KVM is there in name only it would hang.
 */
export function qemuArguments(description: QemuDescription): string[] {
	const { hasWatchdog, monitorSocket, serialSocket, deviceTree, environment, clock } = description;
	return [
		machineArguments(description),
		['-S'],
		...environmentArguments(environment),
		deviceTree === undefined ? [] : ['-dtb', deviceTree],
		...diskArguments(description),
		...networkArguments(description),
		...usbArguments(description),
		hasWatchdog ? ['-device', 'i6300esb', '-action', 'watchdog=reset'] : [],
		clock === undefined ? [] : ['-rtc', `base=${clock.toISOString().slice(0, 19)}`],
		['-chardev', `socket,id=monitor,path=${monitorSocket}`, '-mon', 'chardev=monitor,mode=control'],
		['-chardev', `socket,id=serial,path=${serialSocket}`, '-serial', 'chardev:serial'],
	].flat();
}

/** All that the device tree of the box depends on. */
export function machineArguments({
	emulator,
	memoryMiB = emulator.memoryMb,
	firmware = emulator.boot,
}: Pick<QemuDescription, 'emulator' | 'memoryMiB' | 'firmware'>): string[] {
	return [
		['-nodefaults', '-no-user-config', '-display', 'none'],
		['-machine', emulator.machine, '-accel', 'tcg,thread=multi'],
		['-cpu', emulator.processor, '-smp', '1', '-m', `${memoryMiB}`],
		firmware === undefined ? [] : ['-bios', firmware],
	].flat();
}

function environmentArguments(environment: ImageFile | undefined): string[][] {
	if (environment === undefined) return [];
	const nodes = imageNodes(environmentImage, environment).map(blockdev);
	return [['-machine', `pflash1=${environmentImage}`], ...nodes];
}

function diskArguments({ disk, emulator }: QemuDescription): string[][] {
	if (disk === undefined) return [];
	const { image, speed } = disk;
	const group = { 'qom-type': 'throttle-group', id: speedGroup, limits: speedLimits(speed) };
	return [
		['-object', JSON.stringify(group)],
		...[...imageNodes(diskImage, image), deviceNode({})].map(blockdev),
		['-device', `virtio-blk-${emulator.bus},drive=${diskDevice},werror=report,rerror=report`],
	];
}

/** Between the box and the world frames can be led out and in again: netdev -> bench -> hub -> user network. */
function networkArguments({ relay, forwards = [], emulator }: QemuDescription): string[][] {
	const ports = forwards.map(({ hostPort, boxPort }) => `,hostfwd=tcp:127.0.0.1:${hostPort}-:${boxPort}`);
	const world = `user,id=${relay ? 'world' : networkName}${ports.join('')}`;
	const device = ['-device', `virtio-net-${emulator.bus},netdev=${networkName}`];
	if (relay === undefined) return [['-netdev', world], device];
	return [
		['-netdev', datagrams(networkName, relay.box), '-netdev', datagrams('led-out', relay.world)],
		['-netdev', world, '-netdev', 'hubport,id=hub-out,hubid=0,netdev=led-out'],
		['-netdev', 'hubport,id=hub-world,hubid=0,netdev=world'],
		device,
	];
}

function datagrams(id: string, port: number): string {
	const local = `local.type=inet,local.host=${qemuAddress},local.port=${port}`;
	return `dgram,id=${id},${local},remote.type=inet,remote.host=${benchAddress},remote.port=${port}`;
}

function usbArguments({ hasUsb, usbController = 'xhci' }: QemuDescription): string[][] {
	if (!hasUsb) return [];
	return [['-device', `${usbController === 'xhci' ? 'qemu-xhci' : 'usb-ehci'},id=${usbBus}`]];
}

function blockdev(node: BlockNode): string[] {
	return ['-blockdev', JSON.stringify(node)];
}
