import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { qemuOffer } from '../claim.ts';
import { stopAtUBoot } from '../console-shell.ts';
import { recordedTest } from '../recorded-test.ts';
import { writeReport } from '../report.ts';
import { RunRecord } from '../run-record.ts';

test('a run on a board is a page with its steps, its console and the version of QEMU', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-report-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const run = new RunRecord({ name: 'boot loader' });
	const options = { run, folder, needs: ['power'], offers: [qemuOffer()] } as const;

	await recordedTest({ ...options, name: 'it starts' }, async (board, one) => {
		await one.step('switch on', () => board.power.on());
		await one.step('stop', () => stopAtUBoot(board.serial));
	});
	const failing = recordedTest({ ...options, name: 'it hangs' }, async (board, one) => {
		await one.step('switch on', () => board.power.on());
		await one.step('wait', () => board.serial.expect('never said', { unless: /^U-Boot/ }));
	});
	await t.throwsAsync(failing, { code: 'unexpected-output' });
	const page = await readFile(await writeReport(folder, run.report), 'utf8');

	t.like(run.report, { board: 'qemu-arm64', tests: [{ name: 'it starts' }, { name: 'it hangs' }] });
	t.regex(page, /<dt>qemu<\/dt><dd>\d+\.\d+\.\d+/);
	t.regex(page, /Hit any key to stop autoboot/);
	t.regex(page, /unexpected-output: .*U-Boot/);
	for (const [index, { captures }] of run.report.tests.entries()) {
		t.deepEqual(Object.values(captures), [`consoles/${index + 1}.log`]);
		t.true((await readFile(join(folder, `consoles/${index + 1}.log`), 'utf8')).includes('U-Boot'));
	}
	t.true(page.includes('href="./consoles/2.log"'));
});
