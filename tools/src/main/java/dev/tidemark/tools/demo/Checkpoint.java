package dev.tidemark.tools.demo;

/**
 * What a commit's tree has to be.
 *
 * @param commit its index in the history
 * @param paths how many files are live
 * @param sha256 of the tree as {@link Tree#digest} reckons it
 */
record Checkpoint(int commit, int paths, String sha256) {}
