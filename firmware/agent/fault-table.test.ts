import test from 'ava';
import { policyErrors } from '../../runtime/bus/policy.ts';
import { componentErrors } from '../../runtime/component/error.ts';
import { directoryErrors } from '../../runtime/directory-error.ts';
import { certificateErrors } from '../../runtime/module/certificate-error.ts';
import { manifestErrors } from '../../runtime/module/manifest.ts';
import { moduleErrors } from '../../runtime/module/module-error.ts';
import { startConfigErrors } from '../../runtime/module/start-config.ts';
import { storeErrors } from '../../runtime/module/store-error.ts';
import { firmwareManagerErrors } from '../box/firmware-manager.ts';
import { memoryRoomErrors } from '../box/memory-room.ts';
import { moduleManagerErrors } from '../box/module-manager.ts';
import { blockDeviceErrors } from '../slots/block-device-error.ts';
import { bootStateErrors } from '../slots/boot-state-error.ts';
import { deltaErrors } from '../slots/delta-error.ts';
import { slotWriteErrors } from '../slots/slot-write-error.ts';
import { updateErrors } from '../slots/update-error.ts';
import { downloadErrors } from '../update/download-error.ts';
import { readErrors } from '../update/read-error.ts';
import { trustErrors } from '../update/trust-error.ts';
import { uspFaults } from './error.ts';
import { faultOfCode } from './fault-table.ts';

/** Every way in which an install or an update can end badly. */
const endings = {
	trustErrors,
	readErrors,
	downloadErrors,
	componentErrors,
	manifestErrors,
	policyErrors,
	certificateErrors,
	moduleErrors,
	startConfigErrors,
	moduleManagerErrors,
	storeErrors,
	directoryErrors,
	firmwareManagerErrors,
	memoryRoomErrors,
	updateErrors,
	slotWriteErrors,
	deltaErrors,
	bootStateErrors,
	blockDeviceErrors,
};

for (const [table, codes] of Object.entries(endings)) {
	test(`every code of ${table} has a fault of the standard that was chosen for it`, (t) => {
		const unknown = Object.keys(codes).filter(
			(code) => !Object.hasOwn(faultOfCode, code) && !Object.hasOwn(uspFaults, code),
		);
		t.deepEqual(unknown, []);
	});
}
