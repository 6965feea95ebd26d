// What a controller makes of a box, a broker or a caller that is not there, or not there any more.
import test from 'ava';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { startBroker } from '../headend/broker.ts';
import { Controller } from './controller.ts';
import { listener } from './listener.fixture.ts';
import { agentId, clockUrl, install, startBox, startTrial } from './trial-box.ts';

test('a controller the box does not know gets no answer', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect({ endpointId: 'self::stranger', deadlineMs: 200 });

	await t.throwsAsync(controller.get(['Device.']), { code: 'no-answer' });
});

test('without a broker a controller fails at once and says where it looked', async (t) => {
	const broker = await startBroker();
	await broker.close();

	await t.throwsAsync(Controller.connect({ broker: broker.url, agent: 'os::x' }), {
		code: 'unreachable',
		message: new RegExp(broker.url),
	});
});

test('a controller that loses its broker rejects everything it waits for and is asked', async (t) => {
	const { connect, broker, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	modules.gate = () => {
		started.resolve();
		return new Promise(() => undefined);
	};
	const installing = controller.operate(install, { URL: clockUrl });
	const rejected = t.throwsAsync(installing, { code: 'unreachable' });
	await started.promise;

	broker.drop();

	await rejected;
	await t.throwsAsync(controller.get(['Device.']), { code: 'unreachable' });
});

test('a wait that is no longer wanted ends with the reason of its signal, and the box goes on', async (t) => {
	const { connect, modules } = await startTrial(t);
	const controller = await connect();
	const started = Promise.withResolvers<void>();
	const gate = Promise.withResolvers<void>();
	modules.gate = () => {
		started.resolve();
		return gate.promise;
	};
	const wait = new AbortController();
	const installing = controller.operate(install, { URL: clockUrl }, { signal: wait.signal });
	const rejected = t.throwsAsync(installing, { message: 'enough' });
	await started.promise;

	wait.abort(new Error('enough'));
	await rejected;

	const { hear, until } = listener();
	await controller.subscribe('Device.SoftwareModules.DUStateChange!', hear);
	gate.resolve();
	t.like((await until(1))[0]?.args, { CurrentState: 'Installed' });
});

test('an operation is heard of to its end even if the box restarts on the way', async (t) => {
	const broker = await startBroker();
	t.teardown(() => broker.close());
	const directory = new MemoryDirectory();
	const first = await startBox({ url: broker.url, directory });
	const controller = await Controller.connect({ broker: broker.url, agent: agentId });
	t.teardown(() => controller.close());
	const { hear, until } = listener();
	await controller.subscribe('Device.X_MULLION_Log.Line!', hear);
	const started = Promise.withResolvers<void>();
	first.modules.gate = ({ signal }) =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason));
			started.resolve();
		});
	const installing = controller.operate(install, { URL: clockUrl });
	await started.promise;

	await first.agent.stop();
	const second = await startBox({ url: broker.url, directory });
	t.teardown(() => second.agent.stop());

	t.is((await installing)['Version'], '1.0.0');
	// What it listened to before is taken up again by itself.
	await controller.get(['Device.LocalAgent.']);
	second.log.write({ at: 0, vm: '', level: 'info', text: 'after' });
	t.is((await until(1))[0]?.args['Text'], 'after');
});
