import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { loadBoard } from '../../../firmware/image/board.ts';
import { armWatchdog } from '../../hil/board/arm-watchdog.ts';
import { stopAtUBoot } from '../../hil/board/console-shell.ts';
import { writeDeviceTree } from '../../hil/board/device-tree.ts';
import { emulatorOf, requireQemu, usualBoard } from '../../hil/board/qemu-requirements.ts';
import { StreamConsole } from '../../hil/board/serial-console.ts';
import { SerialExpect } from '../../hil/board/serial-expect.ts';

const program = fileURLToPath(new URL('../start.ts', import.meta.url));

test('the console of a board tells that its watchdog has bitten, and shows its next start', async (t) => {
	await requireQemu(await emulatorOf());
	const { loader } = await loadBoard(usualBoard);
	const folder = await mkdtemp(join(tmpdir(), 'mullion-start-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	// The boot loader is all that is needed: it starts, and finds neither its environment nor anything to start.
	for (const [name, bytes] of Object.entries({
		'disk.img': 1_048_576,
		'environment.img': loader.environment?.flashBytes ?? 0,
	})) {
		await writeFile(join(folder, name), '');
		await truncate(join(folder, name), bytes);
	}
	await writeDeviceTree(join(folder, 'board.dtb'));
	const child = spawn(process.execPath, [program, '--image', folder], { stdio: ['pipe', 'pipe', 'pipe'] });
	t.teardown(() => child.kill('SIGTERM'));
	await using serial = new StreamConsole({ logFile: join(folder, 'serial.log') });
	void serial.attach({ input: child.stdout, output: child.stdin });
	const said = new SerialExpect();
	child.stderr.on('data', (bytes) => said.feed(String(bytes)));

	const shell = await stopAtUBoot(serial);
	t.is(said.unmatched, '');
	await armWatchdog(shell);
	await said.expect('[the watchdog of the board was not fed: it starts anew]');
	await stopAtUBoot(serial);

	// As a person ends it: Ctrl-A X.
	serial.write('\u0001x');
	t.deepEqual(await once(child, 'exit'), [0, null]);
});
