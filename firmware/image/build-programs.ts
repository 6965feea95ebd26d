/** What every build of a board's image takes of Debian 12. */
import { architectures } from './architectures.ts';
import type { Board, Emulator } from './board.ts';

/** Program -> package. */
export function buildPrograms({
	architecture,
	emulator,
}: Pick<Board, 'architecture' | 'emulator'>): Readonly<Record<string, string>> {
	const { triplet, userEmulator } = architectures[architecture];
	const bootTools = ['mkimage', 'mkenvimage', 'dumpimage'].map((program) => [program, 'u-boot-tools']);
	const treeTools = ['fdtget', 'fdtput'].map((program) => [program, 'device-tree-compiler']);
	const fileSystemTools = ['mkfs.ext4', 'debugfs'].map((program) => [program, 'e2fsprogs']);
	return {
		mmdebstrap: 'mmdebstrap',
		// Lets mmdebstrap work without root.
		newuidmap: 'uidmap',
		depmod: 'kmod',
		readelf: 'binutils',
		[`${triplet}-strip`]: `binutils-${triplet.replace('_', '-')}`,
		[userEmulator]: 'qemu-user-static',
		mksquashfs: 'squashfs-tools',
		veritysetup: 'cryptsetup-bin',
		cpio: 'cpio',
		zstd: 'zstd',
		openssl: 'openssl',
		sfdisk: 'fdisk',
		...(emulator && treePrograms(emulator)),
		...Object.fromEntries([...bootTools, ...treeTools, ...fileSystemTools]),
	};
}

/** The device tree of a machine is made by the machine, with the U-Boot that it has. */
function treePrograms({ program, package: holder, boot }: Emulator): Readonly<Record<string, string>> {
	if (boot === undefined) return {};
	return { [program]: holder, ...(boot.startsWith('/usr/lib/u-boot/') && { [boot]: 'u-boot-qemu' }) };
}
