package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads feature definitions: the form is documented in {@code docs/formats/feature-definitions.md}
 * and {@code feature-definition.schema.json} beside it. Stateless.
 */
public final class FeatureDefinitions {
    private static final Pattern JOB_NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private FeatureDefinitions() {}

    /**
     * Checks and compiles a definition.
     *
     * @param file its name, for the errors
     * @throws InvalidDefinitionException with everything that is wrong with it
     */
    public static FeaturePlan read(String file, String text) throws InvalidDefinitionException {
        List<SchemaProblem> problems = new ArrayList<>();
        YamlNode root;
        try {
            root = YamlNode.parse(text);
        } catch (YamlNode.MalformedYamlException e) {
            problems.add(new SchemaProblem(file + " line " + e.line(), e.getMessage()));
            throw new InvalidDefinitionException(problems);
        }
        FeaturePlan plan = plan(file, root, problems);
        if (!problems.isEmpty()) {
            throw new InvalidDefinitionException(problems);
        }
        return plan;
    }

    private static FeaturePlan plan(String file, YamlNode root, List<SchemaProblem> problems) {
        YamlFields fields = new YamlFields(file, "the definition", root, problems);
        String name = fields.requiredText("name");
        if (!name.isEmpty() && !JOB_NAME.matcher(name).matches()) {
            fields.problem(
                    fields.node("name"),
                    "name of the definition must be lower-case words joined by dashes, such as"
                            + " kitchen-load: got "
                            + name);
        }
        fields.text("description", "");
        Map<String, SourceSpec> sources = new LinkedHashMap<>();
        fields.map("sources")
                .forEach(
                        (label, node) ->
                                sources.put(label, SourceYaml.read(file, label, node, problems)));
        if (sources.isEmpty()) {
            fields.problem(
                    fields.node("sources"),
                    "the definition must declare at least one source under sources");
        }
        List<GroupPlan> groups = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<YamlNode> nodes = fields.list("groups");
        for (YamlNode node : nodes) {
            GroupPlan group = new GroupYaml(file, sources, problems).read(node);
            groups.add(group);
            if (!names.add(group.name())) {
                fields.problem(
                        node,
                        "group "
                                + group.name()
                                + " is there twice: put all its features into one block");
            }
        }
        if (nodes.isEmpty()) {
            fields.problem(
                    fields.node("groups"),
                    "the definition must declare at least one group under groups");
        }
        fields.finish();
        return new FeaturePlan(name, List.copyOf(sources.values()), groups);
    }
}
