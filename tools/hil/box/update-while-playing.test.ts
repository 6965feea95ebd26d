// Modules get new versions while something plays: what nobody hears, also where it is the player itself.
import test, { type ExecutionContext } from 'ava';
import { installPlayers, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const table = 'Device.X_MULLION_Session.Session.';
// Only what is asked for moves the session.
const box = await TestBox.start({ mediaMs: 8000, minimumTimeMs: 600_000, deadlineMs: 10_000 });
const { stage, media, probe } = box;
await stage.better.up();
const players = await installPlayers(box);
await box.install(await box.publish(probe.built));
const versions = new Map<string, number>();
test.after.always(() => box[Symbol.asyncDispose]());

/** The operator pushes the next version of a module. Returns it as the box lists it. */
async function push(name: string): Promise<string> {
	const component = name === 'probe' ? probe.built.bytes : players.get(name);
	if (component === undefined) throw new Error(`${name} is not on the box`);
	const version = `9.0.${(versions.get(name) ?? 0) + 1}`;
	versions.set(name, (versions.get(name) ?? 0) + 1);
	const bytes = withManifest(component, (manifest) => ({ ...manifest, version }));
	const outcome = await box.update(name, await box.sign(bytes, `modules/${name}-${version}.wasm`));
	if (outcome.fault !== 0) throw new Error(`${name} ${version}: ${outcome.code}`);
	return `${name} ${version}`;
}

async function handOver({ id }: Playing, to: string): Promise<void> {
	const rows = await stage.operator.get([table]);
	const [path] = Object.entries(rows).find(([, row]) => Object.values(row).includes(id)) ?? [];
	await stage.operator.operate(`${path}Handoff()`, { Baseband: to });
}

/**
 * Plays a file to its end with something done in the midst of it, and holds the account against the file.
 *
 * @param act returns the new versions that are there from then on
 */
async function isUnheard(
	t: ExecutionContext,
	act: (playing: Playing) => Promise<readonly string[]>,
): Promise<void> {
	const playing = await Playing.open(box, { baseband: 'lte0' });
	await playing.heardFrames(20);
	const pushed = await act(playing);
	const middle = await playing.look();
	t.is(middle?.state, 'active', 'it was over before all was done');
	const installed = await box.modules();
	for (const version of pushed) t.true(installed.includes(version), `${version} is not what runs`);
	const last = await playing.ended();
	t.deepEqual(await playing.heard(), media.heard);
	t.like(last?.account, { lost: 0, doubled: 0 });
	const { late = 0, worstJitterUs = 0, longestGapUs = 0 } = last?.account ?? {};
	t.log(`${late} late, at most ${worstJitterUs / 1000} ms; longest silence ${longestGapUs / 1000} ms`);
	t.like(last?.account, { late: 0, longestGapUs: 0 });
}

const playerOn = { lte0: 'player-thrifty', wlan0: 'player-rich' };

test.serial('another module is updated while a stream plays', async (t) => {
	await isUnheard(t, async () => {
		const probed = await push('probe');
		await box.echo();
		return [probed];
	});
});

test.serial('the player is updated network by network: each while the other has the session', async (t) => {
	await isUnheard(t, async (playing) => {
		const rich = await push(playerOn.wlan0);
		await handOver(playing, 'wlan0');
		const thrifty = await push(playerOn.lte0);
		await handOver(playing, 'lte0');
		return [rich, thrifty];
	});
});

test.serial('the player that has the session is updated, and the new version goes on', async (t) => {
	await isUnheard(t, async () => [await push(playerOn.lte0)]);
});
