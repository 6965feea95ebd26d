/** The operator's side as a process of its own in the core's namespace; the test that started it tells it what to do. */
import { type Opening, openSession } from '../../start/opening.ts';
import { Stage, type StageOptions } from '../../start/stage.ts';
import { tellStory } from '../../start/story.ts';
import type { CoreSettings } from './core-process.ts';
import { Peer } from './peer.ts';

let stage: Stage | undefined;
let opening: Opening | undefined;

const here = (): Stage => {
	if (stage === undefined) throw new Error('the stage is not set');
	return stage;
};
const session = (): Opening => {
	if (opening === undefined) throw new Error('no session is open');
	return opening;
};
const tell = (text: string): void => void test.call('tell', text);

const test = new Peer(process, {
	set: async (settings: CoreSettings) => {
		const switchPath: StageOptions['switchPath'] = (id, isUp) => test.call('switchPath', { id, isUp });
		stage = await Stage.set({ ...settings, switchPath, onLine: tell });
		const { content } = stage.headend;
		return {
			played: stage.played,
			ports: Object.fromEntries(settings.networks.map(({ box }) => [box.id, content.network(box.id).port])),
		};
	},
	tellStory: (options: { media: string; lookMs: number; better: { from: number; to: number } }) =>
		tellStory({ ...options, stage: here(), tell, show: () => undefined }),
	open: async () => {
		opening = await openSession(here(), tell);
		return opening.id;
	},
	better: ({ isUp }: { isUp: boolean }) => (isUp ? here().better.up() : here().better.down()),
	end: () => session().watch.end(session().id),
	sample: () => here().sample(),
	close: async () => {
		await stage?.[Symbol.asyncDispose]();
		setImmediate(() => process.disconnect?.());
	},
});
process.once('disconnect', () => process.exit());
