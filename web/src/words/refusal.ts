// Why an event was refused, as people say it.

const SAYS: Record<string, string> = {
  no_event_name: "It has no name",
  no_identifier: "It names nobody",
  bad_timestamp: "Its time is no instant",
  timestamp_out_of_range: "It lies before 1980, or in the future",
  bad_text: "A text in it is broken",
  too_long: "A name or an identifier is too long",
  too_deep: "A property nests too deep",
  too_many_properties: "It has too many properties",
  too_large: "It is too large",
  too_many_event_names: "The project has too many event names",
  too_many_property_names: "The project has too many properties",
  type_conflict: "A property has another type than was planned",
  undeclared_event: "The policy does not name it",
  poison: "Our own code fails on it",
  no_lawful_purpose: "Nothing it could be used for is lawful",
  secret: "It holds a secret",
  excluded: "The project leaves it out",
  bot: "A machine did it",
  event_closed: "The event it changes is not open any more",
};

export const sayRefusal = (reason: string): string => SAYS[reason] ?? reason.replaceAll("_", " ");
