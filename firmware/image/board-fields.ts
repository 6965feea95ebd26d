/** The fields of a description of a board, each by itself; what has to fit together is in `board-rules.ts`. */
import {
	list,
	map,
	object,
	oneOf,
	optional,
	orNull,
	type Read,
	type Rule,
	text,
	whole,
} from '../../runtime/field-rules.ts';
import { type Architecture, architectures } from './architectures.ts';
import { loaderForms } from './loader-form.ts';

/** A cell of a FIT's source has 32 bits. */
const place = (what: string): Rule<string> =>
	text(`an address ${what}, such as "0x46000000"`, /^0x[0-9a-f]{1,8}$/);
const size = (what: string): Rule<number> => whole(`a whole number of MiB: ${what}`, { most: 1_048_576 });
const names = (what: string) => list(what, text('a name'));

const loader = object('what U-Boot is, and how it finds its disk', {
	findDisk: text(
		'what U-Boot does to find its disk, such as "mmc dev 1"; "" where it needs nothing',
		/^[^\n]*$/,
	),
	disk: text('an interface and a number, such as "mmc 0"', /^\w+ \d+$/),
	/** Of a boot loader that is there and keeps its environment in a flash that begins with it. */
	environment: optional(
		object('the environment of a U-Boot that is there', {
			bytes: whole('how many bytes it has'),
			flashBytes: whole('how many bytes the flash has that begins with it'),
		}),
	),
	/** Of one that is built, with environment and key in its own device tree. */
	build: optional(
		object('how U-Boot is built', {
			config: text('a board of U-Boot: the name of its _defconfig', /^[\w.-]+$/),
			/** `rom`: of a PC; `fit`: in one with what the board needs before it. */
			form: oneOf(loaderForms),
			/** Of it all but U-Boot itself is used. */
			package: optional(text('a package of Debian with a ready-made U-Boot', /^[a-z0-9][a-z0-9+.-]*$/)),
			readyMade: optional(text('the folder of the ready-made U-Boot in its package', /^[\w.+-]+$/)),
			/** What is before the first partition; what is not built comes from the package. */
			onDisk: optional(map('files by the sector where they begin', whole('a sector of 512 bytes'))),
		}),
	),
});

const watchdog = object('the watchdog of the board; null where it has none', {
	driver: text('a driver'),
	seconds: whole('how long the box may stand still', { most: 65_535 }),
	/** Where it is missing, `seconds` is what the driver does by itself. */
	option: optional(text('the option of the driver that takes the seconds', /^\w+$/)),
});

const emulator = object('the machine of QEMU', {
	program: text('a program: "qemu-system-aarch64"'),
	package: text('the package of Debian with that program'),
	machine: text('a machine, as QEMU calls it'),
	processor: text('a processor, as QEMU calls it'),
	memoryMb: size('memory'),
	/** How its devices are attached: the end of their names in QEMU. */
	bus: oneOf(['device', 'pci']),
	/** Where the boot loader is not built. */
	boot: optional(text('a file: the U-Boot that is there')),
	/** Of `tools/hil/board`. */
	lacks: optional(names('a list of features of the bench that it has not')),
});

export const boardFields = object('an object', {
	about: text('a sentence on what the board is'),
	/** As Debian calls it. */
	architecture: oneOf(Object.keys(architectures) as Architecture[]),
	/** Of a machine that QEMU makes, default that machine's. */
	processor: optional(text('a processor, as QEMU calls it: "cortex-a53"')),
	console: text('the console of the kernel: "ttyS0,115200"', /^\S+$/),
	/** Where those are not the kernel's: of a battery behind a microcontroller, say. */
	powerSupply: optional(text('the folder of its power supplies', /^\//)),
	kernelPackage: text('a package of Debian with a kernel: "linux-image-arm64"', /^[a-z0-9][a-z0-9+.-]*$/),
	/** They are loaded with what they need. */
	drivers: object('the lists "initrd" and "root"', {
		initrd: names('a list of drivers that are loaded before there is a root'),
		root: names('a list of drivers that are loaded after'),
	}),
	loader,
	/**
	 * What the kernel is told of the hardware: the tree that the boot loader runs by (`loader`), or a file of the
	 * kernel's package, which is in the slot then. On a PC it is missing: the kernel is told nothing.
	 */
	deviceTree: optional(
		text(
			'"loader", or a file of the kernel\'s package: "rockchip/rk3328-rock64.dtb"',
			/^(loader|([\w,+-][\w.,+-]*\/)*[\w,+-][\w.,+-]*\.dtb)$/,
		),
	),
	/** Those that may be missing are of parts that cannot stay where they lie in the slot. */
	loadAt: object('addresses in memory', {
		state: place('that the boot state is read to'),
		kernel: place('that the kernel runs at'),
		slot: place('that a slot is read to'),
		setup: optional(place('of the parameters of a PC')),
		ramdisk: optional(place('that the first file system is put at')),
		deviceTree: optional(place('that the device tree is put at')),
	}),
	storage: object('the disk and the sizes of its partitions', {
		disk: text('what Linux calls the disk, up to the number of the partition: "mmcblk0p"', /^[\w/]+$/),
		/** Default 1. */
		firstMb: optional(size('where the first partition begins')),
		bootMb: size('kernel and first file system'),
		rootMb: size('the root'),
		dataMb: size('what the box keeps'),
	}),
	/** Null where the board has none: a box without one stays as it is when it hangs, which nobody should get by mistake. */
	watchdog: orNull(watchdog),
	/** Where the board is one that QEMU makes. */
	emulator: optional(emulator),
	networks: list(
		'a list of one or more networks',
		object('a network', {
			id: text('a name for the network'),
			kind: text('a kind of network: "ethernet"'),
			device: text('what Linux calls the interface: "eth0"', /^\S+$/),
		}),
		{ least: 1 },
	),
});

export type Board = Read<typeof boardFields> & { readonly name: string };
export type Emulator = Read<typeof emulator>;
