// What somebody did, as words: the event, how often or how much, when, and what followed.

import type { Did } from "../api/shapes";
import { sayOften, sayWhen } from "../words/segment";
import { ChoiceWords } from "./choice-words";
import { DurationWord } from "./duration-word";
import { MoreWord } from "./event-word";
import { OftenForm } from "./often-form";
import { Word } from "./sentence";
import { WhenForm } from "./when-form";

export function DidWords({ did, onChange }: { did: Did; onChange: (did: Did) => void }) {
  const then = did.then ?? [];
  const put = (changed: Partial<Did>) => onChange({ ...did, ...changed });
  const never = did.at_most === 0 && did.at_least === undefined && !did.sum;
  return (
    <>
      who {never ? "never " : ""}did{" "}
      <ChoiceWords
        choice={{ event: did.event ?? null, where: did.where ?? [] }}
        label="Event"
        any="anything"
        onChange={(choice) => put(choice)}
      />
      {then.map((choice, at) => (
        <span key={at}>
          , then{" "}
          <ChoiceWords
            choice={choice}
            label={`Then ${at + 1}`}
            any="anything"
            onChange={(changed) =>
              put({ then: then.map((one, place) => (place === at ? changed : one)) })
            }
            acts={() => (
              <button
                type="button"
                onClick={() =>
                  onChange(
                    without(
                      did,
                      then.filter((_, place) => place !== at),
                    ),
                  )
                }
              >
                Remove it
              </button>
            )}
          />
        </span>
      ))}
      {then.length > 0 && (
        <>
          , within{" "}
          <DurationWord
            label="Window"
            duration={did.within ?? null}
            none="any time"
            onChange={(within) => put({ within: within ?? undefined })}
          />
        </>
      )}{" "}
      {then.length === 0 && (
        <>
          <Word
            says={sayOften(did) || "at least once"}
            label={`How often: ${sayOften(did) || "at least once"}`}
          >
            {(close) => (
              <OftenForm
                did={did}
                onDone={(changed) => {
                  onChange(changed);
                  close();
                }}
              />
            )}
          </Word>{" "}
        </>
      )}
      <Word says={sayWhen(did.period) || "ever"} label={`When: ${sayWhen(did.period) || "ever"}`}>
        {(close) => (
          <WhenForm
            period={did.period ?? {}}
            onDone={(period) => {
              put({ period });
              close();
            }}
          />
        )}
      </Word>{" "}
      <MoreWord
        says="then"
        onChoose={(event) => onChange(without(did, [...then, { event, where: [] }]))}
      />
    </>
  );
}

// A sequence is done or not done, so how often says nothing beside it.
function without(did: Did, then: NonNullable<Did["then"]>): Did {
  if (then.length === 0) return { ...did, then, within: undefined };
  return {
    ...did,
    then,
    at_least: undefined,
    at_most: undefined,
    sum: undefined,
    count: undefined,
  };
}
