import test from 'ava';
import { Choice, Matter, Notice, Word } from '../../proto/host/bus/firmware.ts';
import { CodedError } from '../../runtime/error.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { Home } from './home.ts';

const minute = 60_000_000;

function started({ roles = ['owner'] }: { roles?: readonly string[] } = {}) {
	const clock = new ManualClock();
	const notices: Notice[] = [];
	const notes: string[] = [];
	const updates = Promise.withResolvers<void>();
	let heard = (_payload: Uint8Array): void => undefined;
	let count = 0;
	const home = new Home({
		hub: {
			listen: (_topic, listener) => {
				heard = (payload) => listener({ topic: 'firmware.home', sender: 1, payload });
				return () => {
					heard = () => undefined;
				};
			},
			publish: (_topic, payload) => void notices.push(Notice.decode(payload)),
		},
		clock,
		roles,
		update: () => {
			count++;
			return updates.promise;
		},
		onNote: (text) => void notes.push(text),
	});
	const say = (choice: Choice, id = '', role = 'owner') =>
		heard(Word.encode({ choice, id, profile: 'Kim', role }));
	const abort = new AbortController();
	const ask = () =>
		home.ask({ version: '2.0.0', text: 'Tonight', until: clock.now() + minute, signal: abort.signal });
	const turn = () => new Promise((resolve) => setImmediate(resolve));
	return {
		home,
		clock,
		notices,
		notes,
		updates,
		say,
		ask,
		abort,
		turn,
		raw: (bytes: Uint8Array) => heard(bytes),
		updated: () => count,
	};
}

test('a question is shown, and the answer of who may is taken', async (t) => {
	for (const [choice, answer] of [
		[Choice.CHOICE_AGREE, 'agreed'],
		[Choice.CHOICE_REFUSE, 'refused'],
	] as const) {
		const { ask, say, notices, notes, clock } = started();
		const asked = ask();
		const [question] = notices;
		t.like(question, {
			matter: Matter.MATTER_QUESTION,
			version: '2.0.0',
			text: 'Tonight',
			untilUs: clock.now() + minute,
		});
		say(choice, question?.id);

		t.is(await asked, answer);
		t.like(notices[1], { matter: Matter.MATTER_OVER, id: question?.id });
		t.deepEqual(notes, [`Kim (owner) ${answer} to the firmware`]);
	}
});

test('a child is refused, and the question goes on', async (t) => {
	const { ask, say, notices, notes } = started({ roles: ['owner', 'adult'] });
	const asked = ask();
	const id = notices[0]?.id;
	say(Choice.CHOICE_AGREE, id, 'child');
	t.like(notices[1], { matter: Matter.MATTER_REFUSED, id });
	t.deepEqual(notes, ['Kim (child) may not decide on firmware']);

	say(Choice.CHOICE_REFUSE, id, 'adult');
	t.is(await asked, 'refused');
});

test('where no role is named, nobody may', async (t) => {
	const { ask, say, notices, clock, updated } = started({ roles: [] });
	const asked = ask();
	for (const role of ['owner', '', 'child']) say(Choice.CHOICE_AGREE, notices[0]?.id, role);
	say(Choice.CHOICE_UPDATE, 'x', 'owner');
	clock.advance(60_000);

	t.is(await asked, 'unanswered');
	t.is(updated(), 0);
});

test('an answer after its time, to another question, or that is none does not count', async (t) => {
	const { ask, say, notices, clock, raw, notes } = started();
	const first = ask();
	clock.advance(60_000);
	t.is(await first, 'unanswered');
	const second = ask();
	const id = notices.findLast(({ matter }) => matter === Matter.MATTER_QUESTION)?.id;
	for (const late of [notices[0]?.id, '', 'guessed']) say(Choice.CHOICE_AGREE, late);
	say(Choice.CHOICE_UNSPECIFIED, id);
	raw(Uint8Array.of(0xff, 0xff));
	t.is(notices.filter(({ matter }) => matter === Matter.MATTER_REFUSED).length, 4);
	t.regex(notes.at(-1) ?? '', /cannot be read/);

	say(Choice.CHOICE_AGREE, id);
	t.is(await second, 'agreed');
});

test('a question that nobody needs any more is over', async (t) => {
	const { ask, abort, notices } = started();
	const asked = ask();
	abort.abort(new Error('the agent stops'));
	await t.throwsAsync(asked, { message: 'the agent stops' });
	t.is(notices[1]?.matter, Matter.MATTER_OVER);
});

test('who may has an update brought, and hears why it came to nothing', async (t) => {
	const { say, notices, updated, updates, turn } = started();
	say(Choice.CHOICE_UPDATE, 'button', 'child');
	t.is(updated(), 0);
	say(Choice.CHOICE_UPDATE, 'button');
	t.is(updated(), 1);
	updates.reject(new CodedError('nothing-newer', 'release 2 is the newest'));
	await turn();

	t.deepEqual(
		notices.map(({ matter, id, text }) => [matter, id, text]),
		[
			[Matter.MATTER_REFUSED, 'button', 'this profile may not decide on firmware'],
			[Matter.MATTER_BEGUN, 'button', ''],
			[Matter.MATTER_FAILED, 'button', 'nothing-newer: release 2 is the newest'],
		],
	);
});

test('what a module says of a person is not more than a name in the log', async (t) => {
	const { home, notes, raw } = started();
	raw(
		Word.encode({
			choice: Choice.CHOICE_UPDATE,
			id: '',
			profile: `\u001b[2J${'x'.repeat(999)}`,
			role: 'a\nb',
		}),
	);
	t.is(notes[0], `?[2J${'x'.repeat(60)} (a?b) may not decide on firmware`.replace('[', '?'));
	home.close();
});
