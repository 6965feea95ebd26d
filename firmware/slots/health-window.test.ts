import test from 'ava';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { problemsNow, waitForHealth } from './health-window.ts';
import { SimulatedHealth } from './simulated-health.ts';

/** Each check is followed by the time to the next one. */
function started(changes: { before?: string[]; signal?: AbortSignal } = {}) {
	const clock = new ManualClock();
	const health = new SimulatedHealth();
	const asked: number[] = [];
	const startUs = clock.now();
	let whenAsked: (check: number) => void = () => undefined;
	health.whenAsked = (check) => {
		asked.push((clock.now() - startUs) / 1000);
		setImmediate(() => clock.advance(100));
		whenAsked(check);
	};
	const wait = { health, clock, before: [], windowMs: 1000, everyMs: 100, needed: 3, ...changes };
	return { health, clock, asked, wait, during: (act: (check: number) => void) => (whenAsked = act) };
}

test('a box is healthy after so many checks in a row that found nothing', async (t) => {
	const { health, asked, wait, during } = started();
	during((check) => (health.problems = check === 3 ? ['cells'] : []));

	t.deepEqual(await waitForHealth(wait), []);
	t.deepEqual(asked, [0, 100, 200, 300, 400, 500]);
});

test('when its time is over, what is wrong then is what counts', async (t) => {
	const { health, wait, during } = started();
	during((check) => (health.problems = check < 8 ? ['cells'] : ['cloud', 'modules']));

	t.deepEqual(await waitForHealth(wait), ['cloud', 'modules']);
});

test('a box that is healthy every other time is not', async (t) => {
	const { health, wait, during } = started();
	during((check) => (health.problems = check % 2 === 1 ? [] : ['cells']));

	t.true((await waitForHealth(wait)).length > 0);
});

test('who waits is told what is wrong, and again when that changes', async (t) => {
	const { health, wait, during } = started({ before: ['data'] });
	const told: (readonly string[])[] = [];
	const found = [['data'], ['cloud', 'data'], ['cloud'], [], ['cells'], [], [], []];
	during((check) => (health.problems = found[check - 1] ?? []));

	t.deepEqual(await waitForHealth({ ...wait, onFound: (problems) => told.push(problems) }), []);
	t.deepEqual(told, [['cloud'], [], ['cells'], []]);
});

test('problems there were before do not count', async (t) => {
	const { health, wait } = started({ before: ['cloud'] });
	health.problems = ['cloud'];

	t.deepEqual(await waitForHealth(wait), []);
});

test('a check that throws is a problem, and one that never ends does not outlast the window', async (t) => {
	const failing = started();
	failing.during(() => {
		throw new Error('no');
	});
	t.deepEqual(await waitForHealth(failing.wait), ['check-failed']);

	const { health, clock, wait } = started();
	health.whenAsked = () => new Promise(() => undefined);
	const hanging = waitForHealth({ ...wait, health, clock });
	clock.advance(1000);
	t.deepEqual(await hanging, ['no-answer']);
});

test('waiting can be given up', async (t) => {
	const abort = new AbortController();
	const { wait, during } = started({ signal: abort.signal });
	during((check) => (check === 2 ? abort.abort(new Error('enough')) : undefined));

	await t.throwsAsync(waitForHealth(wait), { message: 'enough' });
	await t.throwsAsync(waitForHealth(wait), { message: 'enough' });
});

test('what is wrong now is not waited for beyond its time', async (t) => {
	const health = new SimulatedHealth();
	const clock = new ManualClock();
	health.problems = ['cloud'];
	t.deepEqual(await problemsNow({ health, clock }), ['cloud']);

	health.whenAsked = () => new Promise(() => undefined);
	const now = problemsNow({ health, clock, timeoutMs: 10 });
	clock.advance(10);
	t.deepEqual(await now, []);
});
