import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../../../sdk/contract/openapi/openapi-components.ts';
import { openApiDocument } from '../../../../sdk/contract/openapi/openapi.ts';

const document = openApiDocument();
const text = JSON.stringify(document);

describe('the OpenAPI document', () => {
  test('refers only to schemas that it has', () => {
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(references.length).toBeGreaterThan(50);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([...new Set(references)]),
    );
    expect(/"\$ref":"(?!#\/components\/schemas\/)/.exec(text)).toBeNull();
  });

  test('has a schema for every component and one operation id for every operation', () => {
    expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(COMPONENTS).sort());
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('declares every path parameter', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods) as { parameters: { in: string; name: string }[] }[]) {
        const declared = operation.parameters.filter((p) => p.in === 'path').map((p) => p.name);
        expect(declared, path).toEqual(names);
      }
    }
  });

  test('covers the queue routes of RunPod', () => {
    const routes = [
      'run',
      'runsync',
      'status/{jobId}',
      'stream/{jobId}',
      'cancel/{jobId}',
      'retry/{jobId}',
      'purge-queue',
      'health',
    ];
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(routes.map((route) => `/v2/{endpointId}/${route}`)),
    );
  });
});
