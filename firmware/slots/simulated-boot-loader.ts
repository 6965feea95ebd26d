/** The double of the boot loader: what its script does with the boot state before it starts a slot. */
import type { BlockDevice } from './block-device.ts';
import type { SlotName } from './boot-state.ts';
import { BootStateStore } from './boot-state-store.ts';
import { chooseSlot } from './choose-slot.ts';

/** The slot that is started. Errors: `boot-state-not-written`, those of the device. */
export async function bootOnce(bootState: BlockDevice): Promise<SlotName> {
	const store = await BootStateStore.open(bootState);
	const { slot, next } = chooseSlot(store.state);
	if (next !== store.state) await store.change(() => next);
	return slot;
}
