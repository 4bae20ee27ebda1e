output "function_names" {
  description = "Names of the functions: process and upkeep."
  value       = { for role, function in aws_lambda_function.this : role => function.function_name }
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    functions = aws_lambda_function.this
    mapping   = aws_lambda_event_source_mapping.queue
    schedule  = aws_cloudwatch_event_rule.upkeep
    target    = aws_cloudwatch_event_target.upkeep
  }
}
