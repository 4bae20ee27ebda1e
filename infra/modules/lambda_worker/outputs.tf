output "function_names" {
  description = "Names of the functions: process and upkeep."
  value       = { for role, function in aws_lambda_function.this : role => function.function_name }
}
