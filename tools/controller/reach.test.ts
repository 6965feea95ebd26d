// A box that restarts answers nothing: who has a command for it waits until it is there.
import test from 'ava';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { Controller } from './controller.ts';
import { agentId, operator, startBox, startTrial } from './trial-box.ts';

test('a box that is away is reached by what is asked again once it is there', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	// It does not know of a controller that came while it was away, and says nothing to it.
	const controller = await Controller.connect({ broker: broker.url, agent: agentId });
	t.teardown(() => controller.close());
	const reached = controller.reach({ everyMs: 20 });
	const { agent } = await startBox({ url: broker.url });
	t.teardown(() => agent.stop());

	await t.notThrowsAsync(reached);
});

test('a box that says that it is back is reached at once', async (t) => {
	const directory = new MemoryDirectory();
	const { broker, connect, agent } = await startTrial(t, { directory });
	const controller = await connect({ endpointId: operator.endpointId });
	await agent.stop();
	const reached = controller.reach({ everyMs: 3_600_000 });
	const back = await startBox({ url: broker.url, directory });
	t.teardown(() => back.agent.stop());

	await t.notThrowsAsync(reached);
});

test('a box that does not come in time is not there', async (t) => {
	const { connect, agent } = await startTrial(t);
	const controller = await connect();
	await agent.stop();

	await t.throwsAsync(controller.reach({ withinMs: 200, everyMs: 20 }), {
		code: 'no-answer',
		message: /^a sign of os::.* \(does that box run, and on this broker\?\) did not come within 200 ms$/,
	});
});
