package io.dhara.core.registry;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.psdb.DefaultValues;
import io.dhara.core.psdb.PsdbFormat;
import java.util.ArrayList;
import java.util.List;

/** The rules inside one feature group: labels, lengths, defaults, block size. Pure. */
final class GroupRules {
    private final FeatureGroupSchema group;
    private final List<String> violations = new ArrayList<>();

    private GroupRules(FeatureGroupSchema group) {
        this.group = group;
    }

    static List<String> check(FeatureGroupSchema group) {
        GroupRules rules = new GroupRules(group);
        group.versions().values().forEach(rules::checkVersion);
        return rules.violations;
    }

    private void checkVersion(SchemaVersion version) {
        String of = " of version " + version.version() + " of group " + group.label();
        List<String> labels = version.features().stream().map(FeatureSpec::label).toList();
        for (String same : Labels.collisions(labels)) {
            violations.add(
                    "feature labels"
                            + of
                            + " differ only in case or dashes, which the peer cannot tell apart: "
                            + same);
        }
        if (version.featureCount() == 0) {
            violations.add("features" + of + " must not be empty");
        }
        for (FeatureSpec feature : version.features()) {
            checkFeature(feature, of);
        }
        long longest = BlockSize.longest(group, version);
        if (longest > PsdbFormat.MAX_BLOCK_LENGTH) {
            violations.add(
                    "a block"
                            + of
                            + " can have "
                            + longest
                            + " bytes, at most "
                            + PsdbFormat.MAX_BLOCK_LENGTH
                            + " fit a value; split the group");
        }
    }

    private void checkFeature(FeatureSpec feature, String of) {
        DataType type = group.dataType();
        if (!Labels.isUsable(feature.label())) {
            violations.add(
                    "feature label"
                            + of
                            + " must not hold / , | @ : or spaces: got "
                            + feature.label());
        }
        if (type.isVector() && feature.vectorLength() == 0) {
            violations.add("vector-length of feature " + feature.label() + of + " must be given");
        }
        try {
            DefaultValues.asStored(type, feature);
        } catch (IllegalArgumentException e) {
            violations.add(e.getMessage() + of);
        }
    }
}
