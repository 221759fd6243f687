import { expect, test } from "bun:test";
import { type Listener, type Server, startListener } from "./listener.ts";

/** A listener on made-up servers, with a number of connections that a test sets. */
interface Stage extends AsyncDisposable {
  listener: Listener;
  /** What happened, in order. */
  events: string[];
  /** The events, once there are so many of them. */
  eventsUpTo(count: number): Promise<string[]>;
  connections: number | undefined;
  /** How many of them wait for another request. */
  idle: number;
  /** How often listening fails from now on. */
  failures: number;
  /** Resolves once the connections have been counted twice more. */
  counted(): Promise<void>;
}

const LIMIT = 100;

function setTheStage(connections?: number): Stage {
  let onEvent: (() => void) | undefined;
  let onCount: (() => void) | undefined;
  const note = (event: string) => {
    stage.events.push(event);
    onEvent?.();
  };
  function listen(port: number): Server {
    if (stage.failures-- > 0) throw new Error("The port is taken.");
    note(`listens on ${port}`);
    const stopped = Promise.withResolvers<void>();
    return {
      url: new URL("http://127.0.0.1:4321"),
      port: 4321,
      closeIdleConnections() {
        note(`closes ${stage.idle}`);
        return stage.idle;
      },
      async stop(isAbrupt = false) {
        note(isAbrupt ? "cuts" : "stops");
        if (isAbrupt || stage.connections === 0) stopped.resolve();
        await stopped.promise;
      },
    };
  }
  function countConnections() {
    onCount?.();
    return stage.connections;
  }
  const log = { info: note, warn: note, error: note, end() {}, async flush() {} };
  const stage: Omit<Stage, "listener"> = {
    events: [],
    connections,
    idle: 0,
    failures: 0,
    eventsUpTo: (count) =>
      new Promise((resolve) => {
        onEvent = () => stage.events.length >= count && resolve(stage.events);
        onEvent();
      }),
    counted: () =>
      new Promise((resolve) => {
        onCount = () => {
          onCount = resolve;
        };
      }),
    async [Symbol.asyncDispose]() {
      const stopping = listener.stop();
      listener.cut();
      await stopping;
    },
  };
  const listener = startListener({ listen, port: 0, countConnections, maxConnections: LIMIT, log });
  return Object.assign(stage, { listener });
}

const REFUSING = "no new connections are taken: 101 are open, MAX_CONNECTIONS is 100";
const TAKING = "new connections are taken again";

test.concurrent.each([undefined, LIMIT])("with %p connections it listens", async (connections) => {
  await using stage = setTheStage(connections);
  await stage.counted();
  expect(stage.events).toEqual(["listens on 0"]);
  expect(stage.listener.url).toBe("http://127.0.0.1:4321");
});

test.concurrent("beyond the limit, idle connections are closed where that is enough", async () => {
  await using stage = setTheStage(LIMIT + 1);
  stage.idle = 1;
  expect(await stage.eventsUpTo(2)).toEqual(["listens on 0", "closes 1"]);
});

test.concurrent("connections whose first requests were not read yet are idle at a second look", async () => {
  await using stage = setTheStage(LIMIT + 1);
  await stage.eventsUpTo(2);
  stage.idle = 1;
  expect(await stage.eventsUpTo(3)).toEqual(["listens on 0", "closes 0", "closes 1"]);
  stage.connections = LIMIT;
  await stage.counted();
  expect(stage.events).toHaveLength(3);
});

test.concurrent("once it stops, there is no second look", async () => {
  await using stage = setTheStage(LIMIT + 1);
  await stage.eventsUpTo(2);
  const stopping = stage.listener.stop();
  // By the checks of another one, the time for it has passed.
  await using clock = setTheStage(LIMIT);
  await clock.counted();
  stage.listener.cut();
  await stopping;
  expect(stage.events).toEqual(["listens on 0", "closes 0", "stops", "cuts"]);
});

test.concurrent("else it stops listening until a tenth of the connections is gone", async () => {
  await using stage = setTheStage(LIMIT + 1);
  const refused = ["listens on 0", "closes 0", "closes 0", "stops", REFUSING];
  expect(await stage.eventsUpTo(5)).toEqual(refused);
  stage.connections = LIMIT * 0.9 + 1;
  await stage.counted();
  expect(stage.events).toEqual(refused);
  stage.connections = LIMIT * 0.9;
  expect(await stage.eventsUpTo(7)).toEqual([...refused, "listens on 4321", TAKING]);
});

test.concurrent("a port that cannot be had again is tried until it can", async () => {
  await using stage = setTheStage(LIMIT + 1);
  await stage.eventsUpTo(5);
  stage.failures = 1;
  stage.connections = 1;
  const [failure, ...rest] = (await stage.eventsUpTo(8)).slice(5);
  expect(failure).toBe("new connections cannot be taken again yet");
  expect(rest).toEqual(["listens on 4321", TAKING]);
});

test.concurrent("stopping waits for the connections of every server, and cutting ends them", async () => {
  await using stage = setTheStage(LIMIT + 1);
  await stage.eventsUpTo(5);
  stage.connections = 1;
  await stage.eventsUpTo(7);
  const stopping = stage.listener.stop();
  expect(Bun.peek.status(stopping)).toBe("pending");
  stage.listener.cut();
  await stopping;
  expect(stage.events.slice(7)).toEqual(["stops", "cuts", "cuts"]);
});

test.concurrent("stopping while it does not listen starts nothing again", async () => {
  await using stage = setTheStage(LIMIT + 1);
  await stage.eventsUpTo(5);
  const stopping = stage.listener.stop();
  stage.connections = 0;
  stage.listener.cut();
  await stopping;
  expect(stage.events.slice(5)).toEqual(["cuts"]);
});
