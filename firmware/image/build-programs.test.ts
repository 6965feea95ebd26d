import test from 'ava';
import { loadBoard } from './board.ts';
import { buildPrograms } from './build-programs.ts';

test('a machine that makes its own device tree is asked for before the first step, with its U-Boot', async (t) => {
	const programs = buildPrograms(await loadBoard('qemu-arm64'));
	t.is(programs['qemu-system-aarch64'], 'qemu-system-arm');
	t.is(programs['/usr/lib/u-boot/qemu_arm64/u-boot.bin'], 'u-boot-qemu');
	t.false('qemu-system-x86_64' in buildPrograms(await loadBoard('qemu-x86_64')));
});
