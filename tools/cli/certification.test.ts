import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { CodedError } from '../../runtime/error.ts';
import { checkCertificate } from '../../runtime/module/certificate.ts';
import { orders, probe, recordProbe } from '../../runtime/recording/recorded-probe.fixture.ts';
import { finished, framedOpening, readRecording } from '../../runtime/recording/recording.ts';
import { framedTurn } from '../../runtime/recording/turn-record.ts';
import { withManifest } from '../hil/box/variant.ts';
import { startDesk, type } from './trial-desk.ts';

const recording = await recordProbe([
	orders({ what: 'count' }),
	orders({ what: 'log', text: 'hello', count: 1 }),
]);
/** One that the probe does not do: it answers nothing to its first order. */
const unlike = await readRecording(recording).then(({ opening, turns, why }) => {
	const changed = turns.map((turn) =>
		framedTurn(turn.turn === 1 ? { ...turn, outcome: { tag: 'done', effects: [] } } : turn),
	);
	return finished(new Uint8Array(Buffer.concat([framedOpening(opening), ...changed])), why);
});

test('a module is certified with the recordings beside it, and the result names key, digests and profiles', async (t) => {
	const { type: run, write, cwd } = await startDesk(t);
	await mkdir(join(cwd, 'recordings'));
	await write('probe.wasm', probe.built.bytes);
	await write('recordings/a.recording', recording);

	const certified = await run(
		'certify',
		'probe.wasm',
		'-o',
		'result.json',
		'--profile',
		'usual',
		'--profile',
		'baseline',
		'--json',
	);

	t.is(certified.code, 0);
	const json = certified.json() as { digest: string; publicKey: string };
	t.like(json, {
		module: 'probe',
		outcome: 'equal',
		recordings: [{ turns: 3 }],
		profiles: [{ name: 'usual' }, { name: 'baseline', flags: ['--liftoff-only'] }],
	});
	const bytes = new Uint8Array(await readFile(join(cwd, 'result.json')));
	t.like(await checkCertificate({ bytes, digest: json.digest, keys: [json.publicKey] }), { module: 'probe' });
});

test('a build that does something else is signed as that, and ends in exit code 1 with the difference', async (t) => {
	const { type: run, write, cwd } = await startDesk(t);
	await write('probe.wasm', probe.built.bytes);
	await write('a.recording', unlike);

	const { code, err } = await run(
		'certify',
		'probe.wasm',
		'--recording',
		'a.recording',
		'-o',
		'result.json',
		'--profile',
		'usual',
		'--profile',
		'baseline',
	);

	t.is(code, 1);
	t.regex(
		err,
		/on profiles usual, baseline: turn 1: there is an effect more: publish on probe\.out: \{"text":"orders","count":1\}/,
	);
	const { payload } = JSON.parse(await readFile(join(cwd, 'result.json'), 'utf8'));
	t.like(JSON.parse(Buffer.from(payload, 'base64').toString()), { outcome: 'different' });
});

test('a push certifies by itself where recordings lie beside the module, and only that module', async (t) => {
	const { type: run, write, cwd, repository } = await startDesk(t);
	await mkdir(join(cwd, 'recordings'));
	await write('probe.wasm', probe.built.bytes);
	await write('recordings/a.recording', recording);

	t.is((await run('push', '--offer', 'probe.wasm', '--profile', 'usual')).code, 0);
	const first = await repository.targets();
	const paths = Object.keys(first);
	t.is(paths.filter((path) => path.startsWith('certificates/')).length, 1);
	t.true(paths.includes('modules/probe-0.1.0.wasm'));

	await write('recordings/b.recording', unlike);
	const { code, err } = await run('push', '--offer', 'probe.wasm', '--profile', 'usual');
	t.is(code, 1);
	t.regex(err, /probe 0\.1\.0 does something else than was recorded/);
	t.regex(err, /record it anew, or push it with --uncertified/);
	t.deepEqual(Object.keys(await repository.targets()), paths);
	t.is((await run('push', '--offer', 'probe.wasm', '--uncertified')).code, 0);
});

test('a change of one module makes its certificate anew and leaves that of another byte-equal', async (t) => {
	const { type: run, write, repository } = await startDesk(t);
	const renamed = (version: string) =>
		withManifest(probe.built.bytes, (manifest) => ({ ...manifest, name: 'other', version }));
	const { opening, turns, why } = await readRecording(recording);
	const parts = [framedOpening({ ...opening, module: 'other' }), ...turns.map(framedTurn)];
	await write('other.recording', await finished(new Uint8Array(Buffer.concat(parts)), why));
	await write('a.recording', recording);
	await write('probe.wasm', probe.built.bytes);
	await write('other.wasm', renamed('1.0.0'));
	const push = (name: string, file: string) =>
		run('push', '--offer', '--certify', name, '--recording', file, '--profile', 'usual');
	const certificates = async () =>
		Object.entries(await repository.targets())
			.filter(([path]) => path.startsWith('certificates/'))
			.map(([path, { hashes }]) => `${path} ${hashes['sha256']}`);
	await push('probe.wasm', 'a.recording');
	const before = await certificates();
	await push('other.wasm', 'other.recording');
	await write('other.wasm', renamed('1.1.0'));

	t.is((await push('other.wasm', 'other.recording')).code, 0);

	const after = await certificates();
	t.is(after.length, 3);
	t.true(before.every((certificate) => after.includes(certificate)));
});

test('a recording is replayed, stepped through and inspected', async (t) => {
	const { type: run, write } = await startDesk(t);
	await write('probe.wasm', probe.built.bytes);
	await write('a.recording', recording);
	await write('b.recording', unlike);

	t.regex(
		(await run('replay', 'a.recording', 'probe.wasm')).out,
		/^3 of 3 turns: equal in every effect\.\n$/,
	);
	const steps = (await run('replay', 'a.recording', 'probe.wasm', '--step', '--json')).out.trim().split('\n');
	t.deepEqual(
		steps.map((line) => (JSON.parse(line) as { turn: number }).turn),
		[0, 1, 2],
	);
	t.like((await run('replay', 'b.recording', 'probe.wasm', '--json')).json(), {
		error: { code: 'not-equal' },
	});
	t.like((await run('replay', 'b.recording', 'probe.wasm', '--until', '0', '--json')).json(), { turns: 1 });
});

test('what cannot be replayed is named: no file, a damaged one, a module that is not there', async (t) => {
	const { type: run, write } = await startDesk(t);
	await write('a.recording', recording);
	await write('cut.recording', recording.subarray(0, 99));

	t.like((await run('replay', 'none', '--json')).json(), { error: { code: 'no-such-file' } });
	t.like((await run('replay', 'cut.recording', '--json')).json(), { error: { code: 'malformed-recording' } });
	t.like((await run('replay', 'a.recording', '--json')).json(), { error: { code: 'no-such-module' } });
	t.is((await run('replay')).code, 2);
	t.is((await run('certify', 'probe.wasm')).code, 2);
	t.is((await run('record', 'probe')).code, 2);
	t.is((await run('record', 'probe', '-o', 'x', '--turns', 'many')).code, 2);
});

test('a recording that is enough for the person at the keyboard is ended and written whole', async (t) => {
	const { cwd, type: run, write, recorder } = await startDesk(t);
	await write('probe.wasm', probe.built.bytes);
	await run('push', 'probe.wasm');
	const { opening, turns } = await readRecording(recording);
	recorder.bytes = new Uint8Array(Buffer.concat([framedOpening(opening), ...turns.map(framedTurn)]));
	const enough = new AbortController();
	recorder.whenReadThrough = () => enough.abort();

	const { code } = await type(['record', 'probe', '-o', 'x.recording'], { cwd, signal: enough.signal });

	t.is(code, 0);
	t.deepEqual(recorder.calls, ['record probe 0', 'stop 1']);
	const written = await readRecording(new Uint8Array(await readFile(join(cwd, 'x.recording'))));
	t.deepEqual(written, { opening, turns, why: 'asked for' });
});

test('a box that is lost while it records leaves the turns that came before', async (t) => {
	const { cwd, type: run, write, recorder } = await startDesk(t);
	await write('probe.wasm', probe.built.bytes);
	await run('push', 'probe.wasm');
	recorder.bytes = recording.subarray(0, recording.length - 100);
	recorder.whenReadThrough = () => {
		throw new CodedError('unknown-recording', 'the box has restarted');
	};

	const { code, err } = await type(['record', 'probe', '-o', 'x.recording'], { cwd });

	t.is(code, 1);
	t.regex(err, /unknown-recording/);
	const { turns, why } = await readRecording(new Uint8Array(await readFile(join(cwd, 'x.recording'))));
	t.is(why, 'the box was lost');
	t.deepEqual(turns, (await readRecording(recording)).turns.slice(0, turns.length));
});
