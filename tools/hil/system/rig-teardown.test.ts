import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { run } from '../link/command.ts';
import { startRig } from '../link/rig.ts';

const networks = [{ id: 'cell0' }, { id: 'wlan0' }];

async function namespaces(): Promise<string[]> {
	return readdir('/run/netns').catch(() => []);
}

/** Devices of the host that a rig of process `pid` holds before it moves them. */
async function hostDevices(pid = process.pid): Promise<string[]> {
	const links: { ifname: string }[] = JSON.parse(await run('ip', ['-j', 'link', 'show']));
	return links.map(({ ifname }) => ifname).filter((name) => name.startsWith(`mt${pid}n`));
}

test('a rig that is closed leaves no namespace, no device and no program behind', async (t) => {
	const rig = await startRig({ networks });
	const names = [rig.namespace('box'), rig.namespace('core')];
	const child = rig.spawn('box', 'sh', ['-c', 'sleep 1000 & exec sleep 1000'], { stdio: 'ignore' });
	await once(child, 'spawn');
	t.true((await namespaces()).includes(rig.namespace('box')));

	await rig.close();

	t.is(child.signalCode, 'SIGKILL');
	t.deepEqual(
		(await namespaces()).filter((name) => names.includes(name)),
		[],
	);
	t.deepEqual(await hostDevices(), []);
});

test('a rig that fails half way removes what it had built', async (t) => {
	const before = await namespaces();

	await t.throwsAsync(startRig({ networks: [{ id: 'cell0' }, { id: 'cell0' }] }), { code: 'command-failed' });

	t.deepEqual(await namespaces(), before);
	t.deepEqual(await hostDevices(), []);
});

test('a name no interface can have is refused before anything is built', async (t) => {
	const before = await namespaces();

	await t.throwsAsync(startRig({ networks: [{ id: 'Wi-Fi' }] }), { code: 'bad-shape' });

	t.deepEqual(await namespaces(), before);
});

test('what a killed process left behind is removed by the next rig', async (t) => {
	const script = `
		import { startRig } from '${new URL('../link/rig.ts', import.meta.url)}';
		const rig = await startRig({ networks: [{ id: 'cell0' }] });
		rig.spawn('core', 'sleep', ['1000'], { stdio: 'ignore' });
		console.log(rig.namespace('core'));
		setInterval(() => undefined, 1000);
	`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
		stdio: ['ignore', 'pipe', 'inherit'],
		cwd: fileURLToPath(new URL('.', import.meta.url)),
	});
	const [line] = await once(child.stdout, 'data');
	const left = String(line).trim();
	child.kill('SIGKILL');
	await once(child, 'exit');
	t.true((await namespaces()).includes(left));

	await using rig = await startRig({ networks });

	t.false((await namespaces()).includes(left));
	t.true((await namespaces()).includes(rig.namespace('core')));
	t.deepEqual(await hostDevices(child.pid), []);
});
