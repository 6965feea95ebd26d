/** Set: other values in rows that are there. */

import type {
	SetRequest,
	SetResponse,
	UpdatedInstanceResult,
	UpdatedObjectResult,
	UpdateObject,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { DataModel } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import type { Editor, Params } from '../data-model/provider.ts';
import { faultOf, UspError } from '../error.ts';
import { textsOf } from '../notification.ts';
import { paramErrors } from './add.ts';
import { editorOf, type Planned, planned, requireAll, settingsOf } from './edits.ts';

interface EditOptions {
	readonly model: DataModel;
	readonly by: Editor;
}

interface Requested {
	readonly object: UpdateObject;
	readonly rows: readonly Planned<Params>[];
}

/** Errors: `PartialError`. */
export async function set(request: SetRequest, options: EditOptions): Promise<SetResponse> {
	const all: Requested[] = [];
	for (const object of request.updateObjs) all.push({ object, rows: await plans({ ...options, object }) });
	requireAll(
		all.flatMap(({ rows }) => rows),
		request.allowPartial,
	);
	const updatedObjResults: UpdatedObjectResult[] = [];
	for (const { object, rows } of all) updatedObjResults.push(await updated(object, rows));
	return { updatedObjResults };
}

async function plans({
	model,
	by,
	object,
}: EditOptions & { object: UpdateObject }): Promise<Planned<Params>[]> {
	const settings = settingsOf(object.paramSettings);
	try {
		const path = parsePath(object.objPath);
		const places = path.leaf === undefined ? await model.view().resolveObjects(path) : [];
		if (places.length === 0)
			throw new UspError('object-does-not-exist', `"${object.objPath}" names no object that is there`);
		const rows: Planned<Params>[] = [];
		for (const place of places)
			rows.push(
				await planned(place.path, async () =>
					editorOf(place, 'parameter-not-writable').set(place.at.at(-1) ?? 0, settings, by),
				),
			);
		return rows;
	} catch (error) {
		return [{ path: object.objPath, fault: faultOf(error, 'internal-error') }];
	}
}

async function updated(
	{ objPath }: UpdateObject,
	rows: readonly Planned<Params>[],
): Promise<UpdatedObjectResult> {
	const updatedInstResults: UpdatedInstanceResult[] = [];
	for (const { path, plan, fault } of rows) {
		try {
			if (plan === undefined) return failed(objPath, { path, ...fault });
			const params = textsOf(await plan.commit());
			const paramErrs = paramErrors(plan.failures);
			updatedInstResults.push({ affectedPath: path, paramErrs, updatedParams: params });
		} catch (error) {
			return failed(objPath, { path, ...faultOf(error, 'object-not-updated') });
		}
	}
	return { requestedPath: objPath, operStatus: { operSuccess: { updatedInstResults } } };
}

function failed(requestedPath: string, { path, code, text }: { path: string; code: number; text: string }) {
	const updatedInstFailures = [{ affectedPath: path, paramErrs: [] }];
	return { requestedPath, operStatus: { operFailure: { errCode: code, errMsg: text, updatedInstFailures } } };
}
