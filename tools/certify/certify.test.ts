import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkCertificate } from '../../runtime/module/certificate.ts';
import { orders, probe, recordProbe } from '../../runtime/recording/recorded-probe.fixture.ts';
import { finished, framedOpening, readRecording } from '../../runtime/recording/recording.ts';
import { decodeTurn, encodeTurn, framedTurn } from '../../runtime/recording/turn-record.ts';
import { certify, profileNamed } from './certify.ts';
import { profiles } from './profiles.ts';
import { SigningKey } from './signing-key.ts';

const recording = await recordProbe([
	orders({ what: 'count' }),
	orders({ what: 'put', text: 'a', count: 9 }, { what: 'get', text: 'a' }),
	orders({ what: 'loop' }),
]);
const module = probe.built.bytes;

test('a module that does what was recorded is certified on every profile, endless loop included', async (t) => {
	const certificate = await certify({ module, recordings: [recording] });

	t.like(certificate, { module: 'probe', version: '0.1.0', outcome: 'equal' });
	t.deepEqual(
		certificate.profiles.map(({ name, outcome }) => [name, outcome]),
		profiles.map(({ name }) => [name, 'equal']),
	);
	t.like(certificate.recordings[0], { vm: 'probe', turns: 4, events: 4, effects: 3 });
	t.is(certificate.recordings.length, 1);
});

test('one that does not is written down as different, with the first difference', async (t) => {
	const { opening, turns, why } = await readRecording(recording);
	const parts = turns.map((turn) =>
		framedTurn(
			turn.turn === 1 ? { ...decodeTurn(encodeTurn(turn)), outcome: { tag: 'done', effects: [] } } : turn,
		),
	);
	const changed = await finished(new Uint8Array(Buffer.concat([framedOpening(opening), ...parts])), why);

	const certificate = await certify({
		module,
		recordings: [recording, changed],
		profiles: [profileNamed('usual')],
	});

	t.is(certificate.outcome, 'different');
	t.is(
		certificate.profiles[0]?.difference,
		'turn 1: there is an effect more: publish on probe.out: {"text":"orders","count":1}',
	);
});

test('without a recording, or with one of another module, there is nothing to certify', async (t) => {
	const { opening, turns, why } = await readRecording(recording);
	const parts = [framedOpening({ ...opening, module: 'other' }), ...turns.map(framedTurn)];
	const other = await finished(new Uint8Array(Buffer.concat(parts)), why);

	await t.throwsAsync(certify({ module, recordings: [] }), { code: 'no-recordings' });
	await t.throwsAsync(certify({ module, recordings: [other] }), { code: 'no-recordings' });
	await t.throwsAsync(certify({ module, recordings: [recording.subarray(9)] }), {
		code: 'malformed-recording',
	});
	t.throws(() => profileNamed('none'), { code: 'unknown-profile' });
});

test('a key is made once, for its owner alone, and what it signs counts where it is trusted', async (t) => {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-key-'));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	const path = join(directory, 'certification', 'key.pem');
	const key = await SigningKey.readOrMake(path);
	const certificate = await certify({ module, recordings: [recording], profiles: [profileNamed('usual')] });
	const check = { bytes: new TextEncoder().encode(key.sign(certificate)), digest: certificate.digest };

	t.is((await SigningKey.readOrMake(path)).publicHex, key.publicHex);
	t.is((await stat(path)).mode & 0o777, 0o600);
	t.deepEqual(await checkCertificate({ ...check, keys: [key.publicHex] }), certificate);
	await t.throwsAsync(checkCertificate({ ...check, keys: ['00'.repeat(32)] }), { code: 'not-certified' });
	await writeFile(path, (await readFile(path, 'utf8')).slice(0, 40));
	await t.throwsAsync(SigningKey.read(path), { code: 'bad-key' });
});
