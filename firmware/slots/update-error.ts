/** Why a firmware update is not taken, or does not go on. */
import { CodedError } from '../../runtime/error.ts';

export const updateErrors = {
	'wrong-board': 'the firmware is for another board',
	'downgrade-refused': 'the firmware is older than the oldest release this box may still run',
	'bad-update': 'what the repository says of this firmware is incomplete or contradicts itself',
	'update-under-way': 'another update is being written or given to the boot loader; wait until it has ended',
	'not-confirmed':
		'the firmware that runs is on trial itself; it must be found good before the other slot is written',
	'nothing-installed': 'there is no update in the other slot that was written whole and not tried yet',
} as const;

export class UpdateError extends CodedError<keyof typeof updateErrors> {
	override readonly name = 'UpdateError';
}
