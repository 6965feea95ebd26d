// Two boxes in one process, with services of the same name: neither is any of the other's business.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { connectAsync } from 'mqtt';
import { controllerTopic } from '../../../firmware/agent/mqtt-transport.ts';
import { openBox } from '../../../firmware/library/index.ts';
import { makeProbe } from '../../../modules/probe/testbed.ts';
import { Controller } from '../../controller/controller.ts';
import { startBroker } from '../../headend/broker.ts';
import { Repository } from '../../headend/repository/repository.ts';
import { serveRepository } from '../../headend/repository/serve.ts';
import { OperatedBox } from '../box/operated-box.ts';

const operatorId = 'self::mullion-headend';

test('two boxes of one process run services of the same name, and one goes on when the other is closed', async (t) => {
	await using stack = new AsyncDisposableStack();
	const folder = await mkdtemp(join(tmpdir(), 'mullion-two-boxes-'));
	stack.defer(() => rm(folder, { recursive: true, force: true }));
	const broker = stack.use(await startBroker());
	const repository = await Repository.create({ directory: join(folder, 'repository') });
	await writeFile(join(folder, 'root.json'), await repository.rootJson());
	const client = await connectAsync(broker.url, { protocolVersion: 5 });
	stack.defer(() => client.endAsync(true));
	const service = await serveRepository({ client, directory: repository.publicDirectory });
	stack.defer(() => service.close());
	const probe = await makeProbe();
	const start = async (state: string) => {
		const agent = `os::00D09E-${state}`;
		const operator = await Controller.connect({ broker: broker.url, agent, endpointId: operatorId });
		stack.defer(() => operator.close());
		const isThere = new Promise<void>((resolve) => operator.onConnected(resolve));
		const controllers = [{ endpointId: operatorId, topic: controllerTopic(operatorId) }];
		const config = {
			endpointId: agent,
			state,
			broker: broker.url,
			controllers,
			root: 'root.json',
			networks: [],
		};
		const box = stack.use(await openBox({ config, folder }));
		await isThere;
		return { box, operated: new OperatedBox({ probe, repository, operator: () => operator }) };
	};

	const one = await start('one');
	const other = await start('other');
	const url = await one.operated.publish(probe.built);
	const both = [one.operated, other.operated];
	t.deepEqual(
		await Promise.all(both.map((box) => box.install(url))),
		both.map(() => ({ fault: 0, code: '' })),
	);
	await one.operated.order({ what: 'put', text: 'key', count: 1 });
	while ((await one.operated.ask({ what: 'get', text: 'key' })).text !== 'something');
	t.deepEqual(await other.operated.ask({ what: 'get', text: 'key' }), { text: 'nothing', count: 1 });

	await one.box.close();
	await other.operated.echo();
	t.deepEqual(await other.operated.modules(), [`probe ${probe.built.version}`]);
	t.like(await other.operated.vm('probe'), { state: 'running', restarts: 0 });
});
