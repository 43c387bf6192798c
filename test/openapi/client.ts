// SPDX-License-Identifier: Apache-2.0

// Uses the types that openapi-typescript makes of openapi.json, as a portal would. It
// is compiled, not run.
import type { components, paths } from "./api";

type Recipe = components["schemas"]["Recipe"];
type Catalog = components["schemas"]["Catalog"];
type Bundle = paths["/v1/bundle"]["post"]["responses"]["200"]["content"]["application/json"];
type Query = NonNullable<paths["/v1/recipe"]["get"]["parameters"]["query"]>;

const query: Query = { service: "eks", gpu: "h100", provenance: true, options: { rdma: "true" }, ignore_findings: ["fabric-unknown"] };

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method: body ? "POST" : "GET",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    const problem: components["schemas"]["Problem"] = await answer.json();
    throw new Error(problem.details.map((d) => `${d.field}: ${d.message}`).join("\n"));
  }
  return answer.json();
}

/** What cannot be chosen next to a service, with the reasons. */
export function grayed(catalog: Catalog, service: string): string[] {
  return catalog.gaps.filter((gap) => gap.key.service === service).map((gap) => gap.reason);
}

export async function install(): Promise<string[]> {
  const recipe = await ask<Recipe>(`/v1/recipe?service=${query.service}&gpu=${query.gpu}&provenance=true`);
  const layers: string[] = Object.values(recipe.provenance ?? {}).map((origin) => origin.layer);
  const bundle = await ask<Bundle>("/v1/bundle", recipe);
  const check = await ask<components["schemas"]["Check"]>("/v1/check", { recipe, snapshot: {} });
  const request: components["schemas"]["DiffRequest"] = { from: { ...recipe }, to: { ...recipe } };
  const diff = await ask<components["schemas"]["Diff"]>("/v1/diff", request);
  return [...layers, ...bundle.order, ...check.values.map((v) => v.state), ...diff.changes.map((c) => c.after ?? "")];
}
