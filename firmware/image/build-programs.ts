/** What every build of a board's image takes of Debian 12. */
import { architectures } from './architectures.ts';
import type { Board } from './board.ts';

/** Program -> package. */
export function buildPrograms({
	architecture,
}: Pick<Board, 'architecture'>): Readonly<Record<string, string>> {
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
		...Object.fromEntries([...bootTools, ...treeTools, ...fileSystemTools]),
	};
}
