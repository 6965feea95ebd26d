import test from 'ava';
import { startTrial } from './trial-box.ts';

test('a controller installs a module and hears of its end with the outputs', async (t) => {
	const { connect } = await startTrial(t);
	const controller = await connect();

	const outputs = await controller.operate('Device.SoftwareModules.InstallDU()', {
		URL: 'tuf:modules/clock-1.0.0.wasm',
	});

	t.deepEqual(outputs, {
		UUID: 'uuid-of-clock',
		Version: '1.0.0',
		ExecEnvRef: 'Device.SoftwareModules.ExecEnv.1',
	});
	const units = await controller.get(['Device.SoftwareModules.DeploymentUnit.*.Status']);
	t.deepEqual(units, { 'Device.SoftwareModules.DeploymentUnit.1.': { Status: 'Installed' } });
});
