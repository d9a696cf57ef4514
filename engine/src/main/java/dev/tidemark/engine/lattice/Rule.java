package dev.tidemark.engine.lattice;

/** By what rule of its strategy something stands in a key, or does not. */
public enum Rule {
  /** Of registers and fields whose newest version wins. */
  NEWEST_VERSION("the newest version wins"),
  /** Of {@code epoch-max}: this is the greatest point since the newest delete. */
  GREATEST_POINT("the greatest point since the newest delete wins"),
  /** Of {@code epoch-max}: another is at least as new and at least as great. */
  NEWER_AND_GREATER("another point is as new and as great, or more"),
  /** Of {@code epoch-max}: the answer hides it, and a delete that is still to come may not. */
  IN_RESERVE("it is the answer once a delete takes the older and greater ones"),
  /** Of {@code epoch-max} and {@code lww-map}: all that is older than the newest delete goes. */
  OLDER_THAN_DELETE("a delete takes all that is older"),
  /** Of deletes that go by versions: the newest one says what all of them say. */
  NEWER_DELETE("a newer delete takes all that this one takes"),
  /** Of tombstones and cuts: what is older may still arrive. */
  TAKES_WHAT_IS_OLDER("it takes older updates that may still arrive"),
  /** Of sets, flags and registers that observe: no operation that saw it overrides it. */
  NOT_OVERRIDDEN("no operation that saw it overrides it"),
  /** Of the same: an operation that saw it does, and the log no longer says which. */
  OVERRIDDEN("an operation that saw it overrides it"),
  /** Of the same: one that put something in its place. */
  OVERWRITTEN("a write that saw it takes its place"),
  /** Of the same: one that put nothing in its place. */
  REMOVED("a remove that saw it takes it away"),
  /** Of the same: the delete of the key, or the remove of a field that holds many. */
  DELETED("a delete that saw it takes it away"),
  /** Of the same: the operation that overrides it was folded away. */
  FOLDED_AWAY("an operation that saw it overrides it, inside a folded run"),
  /** Of removes: what they saw is gone, and they leave nothing but that they are known. */
  TAKES_WHAT_IT_SAW("it takes what its maker saw, and nothing else"),
  /** Of an operation that found nothing that it could have changed. */
  NOTHING_SEEN("its maker saw nothing to override"),
  /** Of counters: the newest total of a replica stands for all before it. */
  RUNNING_TOTAL("a replica's total counts all that it counted before"),
  /** Of counters: a delete lifts the baseline to the totals it saw. */
  RESET("a delete that saw it resets it"),
  /** Of resets: another, or several together, saw as much or more. */
  RESET_FURTHER("deletes that saw more reset further"),
  /** Of what only grows: nothing is ever lost. */
  UNION("a union keeps everything"),
  /** Of what is older than the horizon: everybody had seen it, and so it was forgotten. */
  COLLECTED("everybody had seen it, and it was forgotten"),
  /** Of what was lost with its maker. */
  NOBODY_HAS_IT("its maker was retired, and no member has it");

  private final String sentence;

  Rule(String sentence) {
    this.sentence = sentence;
  }

  /** The rule, as people read it. */
  public String sentence() {
    return sentence;
  }
}
