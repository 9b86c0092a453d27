package io.dhara.serving.feature;

import io.dhara.core.psdb.PsdbBlock;
import io.dhara.serving.feature.ReadPlan.Column;
import java.util.List;

/** What was read for the keys of an {@link EntityReads#read}. Not thread-safe. */
public final class EntityAnswer {
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final Answer answer;
    private final ReadMeters meters;

    EntityAnswer(Answer answer, ReadMeters meters) {
        this.answer = answer;
        this.meters = meters;
    }

    /** Takes cells: all columns of key 0, then those of key 1. */
    public interface Cells {

        /**
         * A stored value.
         *
         * @param column in the order of the request, over all its groups
         * @param cell only valid during the call
         * @throws io.dhara.core.psdb.PsdbFormatException if it does not decode; the cell is told as
         *     a default then
         */
        void present(int key, int column, StoredCell cell);

        /**
         * Stored numbers of neighbouring columns.
         *
         * @param run only valid during the call
         * @return false to be told of each by {@link #present}
         */
        boolean presentRun(int key, int column, StoredRun run);

        /**
         * @param status why there is no value, as {@code dhara.v1.FeatureStatus} numbers it
         */
        void fallback(int key, int column, byte status);
    }

    /** A stored value, to be copied from where it is stored. */
    public static final class StoredCell {
        private final CellBytes copier;
        private final PsdbBlock block;
        private Column column;
        private int sequence;

        private StoredCell(Scratch scratch, Column first) {
            this.copier = scratch.copier;
            this.block = scratch.block;
            this.column = first;
        }

        public int length() {
            return CellBytes.length(column, block, sequence);
        }

        /** Writes {@link #length} bytes, in the form a stored value is served in. */
        public void copyTo(byte[] to, int offset) {
            copier.copy(column, block, sequence, to, offset);
        }
    }

    /** Stored numbers that stand side by side, to be copied from where they are stored. */
    public static final class StoredRun {
        private final PsdbBlock block;
        private int first;
        private int count;
        private int width;

        private StoredRun(PsdbBlock block) {
            this.block = block;
        }

        /** How many columns. */
        public int count() {
            return count;
        }

        /** Bytes of each of them. */
        public int width() {
            return width;
        }

        /** Writes them one behind the other, little endian. */
        public void copyTo(byte[] to, int offset) {
            block.copyNumbers(first, count, to, offset);
        }
    }

    /** Tells every cell of every key. To be called once. */
    public void tell(Cells cells) {
        Scratch scratch = SCRATCH.get();
        if (!answer.plan().columns().isEmpty()) {
            answer.tell(
                    new Teller(
                            cells,
                            new StoredCell(scratch, answer.plan().columns().get(0)),
                            new StoredRun(scratch.block)),
                    scratch.block);
        }
        meters.answered(answer);
    }

    private static final class Teller implements AnswerSink {
        private final Cells cells;
        private final StoredCell cell;
        private final StoredRun run;
        private int key;

        Teller(Cells cells, StoredCell cell, StoredRun run) {
            this.cells = cells;
            this.cell = cell;
            this.run = run;
        }

        @Override
        public boolean presentRun(List<Column> columns, PsdbBlock block, int first) {
            run.first = first;
            run.count = columns.size();
            run.width = columns.get(0).width();
            return cells.presentRun(key, columns.get(0).index(), run);
        }

        @Override
        public void present(Column column, PsdbBlock block, int sequence, int vectorLength) {
            cell.column = column;
            cell.sequence = sequence;
            cells.present(key, column.index(), cell);
        }

        @Override
        public void fallback(Column column, ValueStatus status) {
            cells.fallback(key, column.index(), status.code());
        }

        @Override
        public void endKey() {
            key++;
        }
    }

    /** How many groups of how many keys were asked for. */
    public int asked() {
        return answer.keys().distinct().size() * answer.plan().groups().size();
    }

    /**
     * How many of {@link #asked} no store answered, or not in time.
     *
     * @param lateOnly counts only those that were not answered in time
     */
    public int unanswered(boolean lateOnly) {
        int count = 0;
        for (int key = 0; key < answer.keys().distinct().size(); key++) {
            for (ReadPlan.Group group : answer.plan().groups()) {
                GroupRead.Outcome outcome = answer.read(key, group).outcome();
                boolean late = outcome == GroupRead.Outcome.LATE;
                if (late || (!lateOnly && outcome == GroupRead.Outcome.STORE_ERROR)) {
                    count++;
                }
            }
        }
        return count;
    }

    /** Keys with a value that did not decode; final once {@link #tell} has returned. */
    public int corruptKeys() {
        int count = 0;
        for (int key = 0; key < answer.keys().distinct().size(); key++) {
            count += answer.isCorrupt(key) ? 1 : 0;
        }
        return count;
    }

    /**
     * Event time of what is stored of one requested group, epoch microseconds; 0 when not known.
     *
     * @param group in the order of the request
     */
    public long eventTimeMicros(int key, int group) {
        return answer.read(key, answer.plan().selections().get(group).group()).writeTimeMicros();
    }
}
