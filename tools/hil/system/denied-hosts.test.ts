// A VM that was not granted a host sends it nothing: not one packet leaves the box, by the kernel's count.
import test from 'ava';
import { startMosquitto } from '../../headend/mosquitto.ts';
import { meterHosts } from '../story/host-meter.ts';
import { ProbedBox } from '../story/probed-box.ts';
import { startStoryRig, storyNetworks } from '../story/story-rig.ts';
import { diaryOf } from '../story/trial.ts';

/** What a guest wants to bring out: a fetch has no body, but its address says whatever the guest likes. */
const upload = '/?stolen=everything';

test('of two VMs only the one that was granted a host reaches it, and what the other would send never leaves', async (t) => {
	await using rig = await startStoryRig();
	const hosts = { granted: '10.77.0.11', wanted: '10.77.0.12' };
	for (const address of Object.values(hosts))
		await rig.run('core', 'ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
	await using mosquitto = await startMosquitto({
		host: rig.serviceAddress,
		port: 1883,
		spawn: (...args) => rig.spawn('core', ...args),
	});
	const packets = await meterHosts({ rig, hosts: { cloud: rig.serviceAddress, ...hosts } });
	const options = { rig, broker: mosquitto.url, networks: storyNetworks(rig), tell: diaryOf(t) };
	await using box = await ProbedBox.start(options);
	for (const address of Object.values(hosts)) await box.serve(address);
	const done = { fault: 0, code: '' };
	t.deepEqual(await box.install({ name: 'open', hosts: [hosts.granted] }), done);
	t.deepEqual(await box.install({ name: 'shut', hosts: ['content.mullion.test'] }), done);
	t.deepEqual(await box.install({ name: 'none', hosts: [] }), done);

	// Nobody else's grant is theirs, and a name is not even looked up.
	for (const host of [hosts.granted, hosts.wanted, 'elsewhere.mullion.test']) {
		await box.fetch('shut', `http://${host}${upload}`);
		await box.line(`the manifest does not grant the host ${host}`);
	}
	await box.fetch('none', `http://${hosts.wanted}${upload}`);
	await box.line('none has no capability for the effect "fetch"');
	const refused = await packets();
	t.like(refused, { granted: 0, wanted: 0, others: 0 });
	t.true((refused['cloud'] ?? 0) > 0);

	await box.fetch('open', `http://${hosts.granted}${upload}`);
	t.is(await box.asked(hosts.granted), upload);
	const sent = await packets();
	t.true((sent['granted'] ?? 0) > 0);
	t.like(sent, { wanted: 0, others: 0 });

	// With the grant the same VM sends, and the kernel counts it: what was 0 above could have been more.
	t.deepEqual(await box.update({ name: 'shut', hosts: [hosts.wanted], version: '1.1.0' }), done);
	await box.fetch('shut', `http://${hosts.wanted}${upload}`);
	t.is(await box.asked(hosts.wanted), upload);
	const granted = await packets();
	t.true((granted['wanted'] ?? 0) > 0);
	t.like(granted, { others: 0 });
	t.log(JSON.stringify({ refused, sent, granted }));
});
