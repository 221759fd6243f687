import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Namespace, Service, ServiceAccount } from "kubernetes-models/v1";

const FOLDER = new URL("../../packaging/kubernetes", import.meta.url).pathname;
const LABELS = { "app.kubernetes.io/name": "candor" };

/** What knows the schema of a kind. */
interface Model {
  validate(): void;
}

const KINDS: Record<string, new (data: never) => Model> = {
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
  ServiceMonitor,
};

const FILES = ["base", "servicemonitor", "example"].flatMap((folder) =>
  readdirSync(`${FOLDER}/${folder}`)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => `${folder}/${file}`),
);
const RESOURCES = FILES.filter((file) => !file.endsWith("/kustomization.yaml"));

/** What the contracts below read of a resource; the schemas know the rest. */
interface Resource {
  kind: string;
  spec: {
    selector: Record<string, unknown>;
    podSelector: object;
    ports: { name: string; targetPort: string }[];
    template: { metadata: { labels: object }; spec: PodSpec };
    endpoints: { port: string }[];
    ingress: { ports: { port: string }[] }[];
  };
}

interface PodSpec {
  terminationGracePeriodSeconds: number;
  containers: {
    ports: { name: string; containerPort: number }[];
    env: { name: string; value: string }[];
    livenessProbe: { httpGet: { path: string; port: string } };
    readinessProbe: { httpGet: { path: string; port: string } };
  }[];
}

function read(file: string): Resource {
  return Bun.YAML.parse(readFileSync(`${FOLDER}/${file}`, "utf8")) as Resource;
}

/** The value, whose fields leave the set when they are read. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  const children = new Map<unknown, unknown>();
  return new Proxy(value, {
    get(target, key, receiver) {
      unread.delete(`${path}/${String(key)}`);
      const child: unknown = Reflect.get(target, key, receiver);
      if (typeof child !== "object" || child === null) return child;
      if (!children.has(child))
        children.set(child, watched(child, `${path}/${String(key)}`, unread));
      return children.get(child);
    },
  });
}

const { spec: deployment } = read("base/deployment.yaml");
const pod = deployment.template.spec;
const [container] = pod.containers;
const setting = (name: string) => Number(container?.env.find((each) => each.name === name)?.value);

test.each(RESOURCES)("%s is valid, and has no field that its kind does not know", (file) => {
  const resource = read(file);
  const validate = KINDS[resource.kind]?.prototype.validate;
  if (validate === undefined) throw new Error(`No schema of ${resource.kind} is at hand.`);
  const unread = new Set<string>();
  // The validator reads the fields that the schema has, and passes over all others.
  validate.call(watched(resource, "", unread));
  expect([...unread]).toEqual([]);
});

test("every file of a folder is a resource of its kustomization", () => {
  for (const folder of ["base", "servicemonitor"]) {
    const { resources } = Bun.YAML.parse(
      readFileSync(`${FOLDER}/${folder}/kustomization.yaml`, "utf8"),
    ) as { resources: string[] };
    const files = RESOURCES.filter((file) => file.startsWith(`${folder}/`));
    expect(resources.map((file) => `${folder}/${file}`).toSorted()).toEqual(files.toSorted());
  }
});

test("every selector chooses the pods of Candor and no others", () => {
  expect(deployment.selector["matchLabels"]).toEqual(LABELS);
  expect(deployment.template.metadata.labels).toEqual(LABELS);
  expect(read("base/service.yaml").spec.selector).toEqual(LABELS);
  expect(read("base/poddisruptionbudget.yaml").spec.selector["matchLabels"]).toEqual(LABELS);
  expect(read("base/networkpolicy.yaml").spec.podSelector).toEqual({ matchLabels: LABELS });
  const monitor = read("servicemonitor/servicemonitor.yaml").spec;
  expect(monitor.selector["matchLabels"]).toEqual(LABELS);
});

test("a pod has more time to end than Candor takes", () => {
  const drainMs = setting("DRAIN_DELAY_MS") + setting("DRAIN_TIMEOUT_MS");
  expect(drainMs).toBeGreaterThan(0);
  expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(drainMs + 5000);
});

test("ports are named the same wherever they are used", () => {
  const service = read("base/service.yaml").spec.ports;
  const names = container?.ports.map(({ name }) => name);
  expect(names).toEqual(["http", "metrics"]);
  expect(service.map(({ targetPort }) => targetPort)).toEqual(["http", "metrics"]);
  const allowed = read("base/networkpolicy.yaml").spec.ingress.flatMap(({ ports }) => ports);
  expect(allowed.map(({ port }) => port)).toEqual(["http", "metrics"]);
  const monitored = read("servicemonitor/servicemonitor.yaml").spec.endpoints;
  expect(monitored.map(({ port }) => port)).toEqual(["metrics"]);
  expect(container?.ports[1]?.containerPort).toBe(setting("METRICS_PORT"));
});

test("the probes ask for what answers everybody", () => {
  expect(container?.livenessProbe.httpGet).toEqual({ path: "/healthz", port: "http" });
  expect(container?.readinessProbe.httpGet).toEqual({ path: "/readyz", port: "http" });
});
