output "role_arns" {
  description = "Roles by name: execution, dashboard, worker and, with a Lambda, function."
  value       = { for name, role in aws_iam_role.this : name => role.arn }

  depends_on = [aws_iam_role_policy.this] # a role without its policy starts nothing
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    roles    = aws_iam_role.this
    policies = { for name, policy in aws_iam_role_policy.this : name => jsondecode(policy.policy) }
  }
}
