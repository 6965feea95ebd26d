import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type QemuProcess, startQemu } from '../qemu-process.ts';
import { emulatorOf } from '../qemu-requirements.ts';

/** A QEMU without a machine in it. */
const { program } = await emulatorOf();

async function start(t: ExecutionContext): Promise<QemuProcess> {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-qmp-'));
	const sockets = { monitorSocket: join(folder, 'monitor'), serialSocket: join(folder, 'serial') };
	const args = [
		['-machine', 'none', '-nodefaults', '-display', 'none', '-S'],
		['-chardev', `socket,id=monitor,path=${sockets.monitorSocket}`, '-mon', 'chardev=monitor,mode=control'],
		['-chardev', `socket,id=serial,path=${sockets.serialSocket}`],
	].flat();
	const qemu = await startQemu({ program, args, ...sockets });
	t.teardown(async () => {
		qemu.kill();
		await qemu.ended;
		await rm(folder, { recursive: true });
	});
	return qemu;
}

test('commands are answered, each with its own answer', async (t) => {
	const { qmp } = await start(t);

	const [status, name, kvm] = await Promise.all(
		['query-status', 'query-name', 'query-kvm'].map((command) => qmp.execute(command)),
	);

	t.like(status, { running: false });
	t.deepEqual(name, {});
	t.like(kvm, { enabled: false });
	t.regex(qmp.version, /^\d+\.\d+\.\d+$/);
});

test('a refusal has its code and the words of QEMU, and the monitor goes on', async (t) => {
	const { qmp } = await start(t);

	await t.throwsAsync(qmp.execute('make-coffee'), {
		code: 'qmp-refused',
		message: /make-coffee.*not been found/,
	});
	await t.throwsAsync(qmp.execute('blockdev-del', { 'node-name': 'x' }), { code: 'qmp-refused' });

	t.like(await qmp.execute('query-status'), { running: false });
});

test('an event comes to who waits for it and to who listens', async (t) => {
	const { qmp } = await start(t);
	const heard: string[] = [];
	for (const event of ['RESUME', 'STOP']) qmp.on(event, () => heard.push(event));

	const stopped = qmp.next('STOP');
	await qmp.execute('cont');
	await qmp.execute('stop');
	await stopped;

	t.deepEqual(heard, ['RESUME', 'STOP']);
});

test('when QEMU dies, whoever waits or asks later is told that the board is gone', async (t) => {
	const { qmp, kill, ended } = await start(t);
	const event = qmp.next('RESET');

	kill();
	const answer = qmp.execute('query-status');

	await t.throwsAsync(event, { code: 'board-gone' });
	await t.throwsAsync(answer, { code: 'board-gone' });
	await ended;
	await qmp.closed;
	await t.throwsAsync(qmp.execute('query-status'), { code: 'board-gone' });
	await t.throwsAsync(qmp.next('RESET'), { code: 'board-gone' });
});

test('a QEMU that refuses its command line did not start, and says why', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-qmp-'));
	t.teardown(() => rm(folder, { recursive: true }));
	const sockets = { monitorSocket: join(folder, 'monitor'), serialSocket: join(folder, 'serial') };

	await t.throwsAsync(startQemu({ program, args: ['-machine', 'toaster'], ...sockets }), {
		code: 'did-not-start',
		message: /unsupported machine type/,
	});
});
